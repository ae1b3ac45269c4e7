// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/key.hpp>
#include <converge/core/object_ref.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/observe/reconcile_record.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// What is known of one object: what each of its controllers waits for, and its last reconciles.
struct explanation {
    object_ref about{};
    /// By controller: `is ready and waits for a worker`, `is due in 2.5 s: retry`, `waits for nothing`.
    std::vector<std::pair<std::string, std::string>> states{};
    /// The newest first.
    std::vector<reconcile_record> runs{};
    /// When this was asked.
    instant now{};

    /// Some lines for people.
    [[nodiscard]] CONVERGE_DECL std::string str() const;
};

/// Remembers the last reconciles of a control plane, and answers why something ran or does not.
/// Given to it with `control_context{}.remembering_in(history)`.
///
/// Costs each reconcile about a microsecond and, for the newest `runs`, half a kilobyte each.
///
/// @par Threads  The strand of the control plane.
/// @par Example  examples/12_explain.cpp
class reconcile_history {
public:
    /// Says what a controller waits for in regard to a key; empty if it knows nothing of it.
    using probe = std::function<std::string(object_key const&, instant now)>;

    explicit reconcile_history(std::size_t runs = 1024) : limit_{runs} {}
    reconcile_history(reconcile_history const&) = delete;
    reconcile_history& operator=(reconcile_history const&) = delete;

    /// What is known of an object at `now`, which `co_await converge::now()` tells.
    [[nodiscard]] CONVERGE_DECL explanation explain(object_ref const& about, instant now) const;
    template <class R>
    [[nodiscard]] explanation explain(key<R> const& about, instant now) const
    {
        return explain(ref_of(about), now);
    }

    /// The tree of what followed from the write that made `root`: which reconciles it caused, what they
    /// wrote, and what that caused. As far as it is remembered; a line a node.
    /// @par Complexity  O(r + n log n) for r remembered runs and n nodes.
    [[nodiscard]] CONVERGE_DECL std::string chain(revision root) const;

    /// The newest last.
    [[nodiscard]] std::deque<reconcile_record> const& runs() const noexcept { return runs_; }

    /// Forgets the oldest run if there are too many.
    CONVERGE_DECL void add(reconcile_record run);

    /// Asks `what` in `explain` for objects of `kind`, until the returned handle is gone.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<void> ask(std::string controller, std::string kind,
                                                          probe what);

private:
    struct asked {
        std::string controller;
        std::string kind;
        probe what;
    };
    struct tree;

    std::size_t limit_;
    std::deque<reconcile_record> runs_;
    std::vector<std::weak_ptr<asked>> probes_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/reconcile_history.ipp>
#endif
