// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <utility>
#include <vector>

namespace bench {

using steady = std::chrono::steady_clock;

[[nodiscard]] inline double seconds_since(steady::time_point begin)
{
    return std::chrono::duration<double>(steady::now() - begin).count();
}

[[nodiscard]] inline double microseconds(steady::duration span)
{
    return std::chrono::duration<double, std::micro>(span).count();
}

/// What this thread has had of the processors, in seconds: leaves out the time that other programs
/// took from it.
[[nodiscard]] inline double processor_seconds()
{
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

/// The value that `part` (0 to 1) of the sample lies below; zero of an empty sample.
[[nodiscard]] inline double percentile(std::vector<double> sample, double part)
{
    if (sample.empty())
        return 0;
    auto const place = static_cast<std::ptrdiff_t>(part * static_cast<double>(sample.size() - 1));
    std::nth_element(sample.begin(), sample.begin() + place, sample.end());
    return sample[static_cast<std::size_t>(place)];
}

[[nodiscard]] inline double median(std::vector<double> sample)
{
    return percentile(std::move(sample), 0.5);
}

/// Spends the time without giving the processor away.
inline void spin_for(steady::duration span)
{
    auto const end = steady::now() + span;
    while (steady::now() < end) {
    }
}

} // namespace bench
