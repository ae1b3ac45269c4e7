// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace bench {

/// Keeps every processor from sleeping, with a thread that runs only when no other wants to: what
/// waits for the disk or another thread is then woken at once, as on a machine that is busy.
class idle_spinners {
public:
    /// None if not `wanted`.
    explicit idle_spinners(bool wanted);
    ~idle_spinners();
    idle_spinners(idle_spinners const&) = delete;
    idle_spinners& operator=(idle_spinners const&) = delete;

private:
    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

} // namespace bench
