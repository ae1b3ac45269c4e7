// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <mutex>

namespace store_test {

/// Stops the store's own thread at a step until it is let go.
class gate {
public:
    void close() { set(false); }
    void open() { set(true); }

    void pass()
    {
        std::unique_lock lock{mutex_};
        arrived_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }

    void wait_for_arrival()
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return arrived_; });
    }

private:
    void set(bool now)
    {
        std::lock_guard const lock{mutex_};
        open_ = now;
        arrived_ = false;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = true;
    bool arrived_ = false;
};

} // namespace store_test
