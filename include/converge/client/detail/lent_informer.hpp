// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/client/informer.hpp>
#include <converge/core/detail/config.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace converge::detail {

/// Starts a task beside others. @returns what cancels it, while it runs and is not done.
using task_starter = std::function<std::function<void()>(task<>)>;

/// An informer that runs for as long as somebody has it on loan: this is the loan that all share.
class lent_informer {
public:
    CONVERGE_DECL lent_informer(std::shared_ptr<informer> of, task_starter const& start);
    lent_informer(lent_informer const&) = delete;
    lent_informer& operator=(lent_informer const&) = delete;
    /// Ends the informer, which may be what calls this: it is destroyed as soon as it has ended.
    CONVERGE_DECL ~lent_informer();

    [[nodiscard]] informer& get() const noexcept { return *of_; }

private:
    class course;
    struct progress;

    [[nodiscard]] CONVERGE_DECL static task<> run(std::shared_ptr<informer> of,
                                                  std::shared_ptr<progress> how);

    std::shared_ptr<informer> of_;
    std::shared_ptr<progress> how_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/lent_informer.ipp>
#endif
