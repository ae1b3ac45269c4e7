// SPDX-License-Identifier: BSL-1.0
#include "measure/processor_counts.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cstring>
#include <system_error>

namespace bench {

void processor_counts::count() noexcept
{
    auto const here = ::sched_getcpu();
    if (here >= 0)
        counts_[static_cast<std::size_t>(here) % most].fetch_add(1, std::memory_order_relaxed);
}

void processor_counts::clear() noexcept
{
    for (auto& each : counts_)
        each = 0;
}

double processor_counts::expected(std::vector<double> const& rates) const
{
    double count = 0;
    double seconds = 0;
    for (std::size_t i = 0; i < std::min(rates.size(), most); ++i) {
        count += static_cast<double>(counts_[i]);
        seconds += static_cast<double>(counts_[i]) / rates[i];
    }
    return seconds > 0 ? count / seconds : 0;
}

pinned::pinned(std::size_t processor) : before_(sizeof(cpu_set_t))
{
    cpu_set_t set;
    ::pthread_getaffinity_np(::pthread_self(), sizeof set, &set);
    std::memcpy(before_.data(), &set, sizeof set);
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    if (auto const failed = ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set))
        throw std::system_error{failed, std::generic_category(), "cannot choose a processor"};
}

pinned::~pinned()
{
    cpu_set_t set;
    std::memcpy(&set, before_.data(), sizeof set);
    ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set);
}

} // namespace bench
