// SPDX-License-Identifier: BSL-1.0
#include "measure/idle_spinners.hpp"

#include <sched.h>

namespace bench {

idle_spinners::idle_spinners(bool wanted)
{
    auto const spin = [this] {
        sched_param const lowest{};
        // A spinner of another priority would take time from what is measured.
        if (::sched_setscheduler(0, SCHED_IDLE, &lowest) != 0)
            return;
        while (!stop_.load(std::memory_order_relaxed)) {
        }
    };
    for (unsigned i = 0; wanted && i < std::thread::hardware_concurrency(); ++i)
        threads_.emplace_back(spin);
}

idle_spinners::~idle_spinners()
{
    stop_ = true;
    for (auto& each : threads_)
        each.join();
}

} // namespace bench
