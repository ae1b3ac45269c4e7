// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/async/time_service.hpp>
#include <converge/controller/detail/worker.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace converge::detail {

/// Cancels the runs of one controller that take too long. One alarm for all of its workers, and none
/// while nothing runs: so a limit costs a run nothing while there is more to do, and wakes nobody
/// when there is not.
class time_limits {
public:
    time_limits(std::deque<worker>& workers, executor where, duration limit)
        : watch_{std::make_shared<watch>(workers, std::move(where), limit)}
    {}

    /// A run begins. @pre `began` of its worker is set.
    void began(instant at)
    {
        if (!watch_->armed)
            watch_->arm(later(at, watch_->limit));
    }

    /// A worker has nothing to do. While none has, there is nothing to wake up for.
    CONVERGE_DECL void idle();

    [[nodiscard]] duration limit() const noexcept { return watch_->limit; }

private:
    struct watch final : alarm, std::enable_shared_from_this<watch> {
        watch(std::deque<worker>& of, executor on, duration most)
            : workers{of},
              where{std::move(on)},
              limit{most}
        {}

        CONVERGE_DECL void arm(instant due);
        CONVERGE_DECL void ring() override;

        std::deque<worker>& workers;
        executor where;
        duration limit;
        std::shared_ptr<void> armed;
    };

    std::shared_ptr<watch> watch_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/time_limits.ipp>
#endif
