// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/time_limits.hpp>

#include <converge/work/detail/saturating.hpp>

#include <algorithm>

namespace converge::detail {

CONVERGE_DECL void time_limits::idle()
{
    if (watch_->armed && std::ranges::none_of(watch_->workers, &worker::running))
        watch_->armed.reset();
}

CONVERGE_DECL void time_limits::watch::arm(instant due)
{
    armed = time_of(where).set_alarm(where, due, weak_from_this());
}

CONVERGE_DECL void time_limits::watch::ring()
{
    armed.reset();
    auto const now = time_of(where).now();
    std::optional<instant> next;
    for (auto& each : workers) {
        if (!each.running || each.overdue)
            continue;
        auto const due = later(each.began, limit);
        if (due > now) {
            next = std::min(next.value_or(due), due);
            continue;
        }
        each.overdue = true;
        each.interrupt();
    }
    if (next)
        arm(*next);
}

} // namespace converge::detail
