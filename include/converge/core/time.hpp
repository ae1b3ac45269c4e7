// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>

namespace converge {

/// Names the monotonic clock without reading it: decisions take `now` as an argument, and only
/// the time service of `async` reads a clock.
struct monotonic {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<monotonic>;
    static constexpr bool is_steady = true;
};

using duration = monotonic::duration;

/// A point on the monotonic clock; never goes back, means nothing outside the process.
using instant = monotonic::time_point;

/// A point on the wall clock, as objects carry it. UTC.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

} // namespace converge
