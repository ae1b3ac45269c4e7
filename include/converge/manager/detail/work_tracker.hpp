// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/sleep.hpp>
#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/object_ref.hpp>
#include <converge/core/time.hpp>
#include <converge/work/outcome.hpp>

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace converge::detail {

/// Which reconciles are in progress, since when.
class work_tracker {
public:
    struct run {
        std::string controller;
        object_ref about;
        instant began;
        std::optional<duration> limit;
    };
    using runs = std::list<run>;

    /// One run, from its beginning to its end, however it ends.
    class entry {
    public:
        entry(work_tracker& in, run one)
            : in_{in},
              at_{in.runs_.insert(in.runs_.end(), std::move(one))}
        {}
        entry(entry const&) = delete;
        entry& operator=(entry const&) = delete;
        ~entry() { in_.runs_.erase(at_); }

    private:
        work_tracker& in_;
        runs::iterator at_;
    };

    /// In the order of their beginning.
    [[nodiscard]] runs const& now() const noexcept { return runs_; }

    /// Lets the reconciles of `spec` be noted here. @pre This outlives the controller's loop.
    CONVERGE_DECL void follow(controller_spec& spec);

private:
    runs runs_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/manager/impl/work_tracker.ipp>
#endif
