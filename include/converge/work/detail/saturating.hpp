// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>

namespace converge::detail {

/// `at + delay`, or the end of time if that lies beyond it; a negative delay is zero.
[[nodiscard]] constexpr instant later(instant at, duration delay) noexcept
{
    if (delay <= duration::zero())
        return at;
    return at > instant::max() - delay ? instant::max() : at + delay;
}

/// A count of nanoseconds as a duration, within [0, duration::max()]; zero for not-a-number.
[[nodiscard]] constexpr duration saturated(double nanoseconds) noexcept
{
    if (!(nanoseconds > 0.0))
        return duration::zero();
    if (nanoseconds >= static_cast<double>(duration::max().count()))
        return duration::max();
    return duration{static_cast<duration::rep>(nanoseconds)};
}

} // namespace converge::detail
