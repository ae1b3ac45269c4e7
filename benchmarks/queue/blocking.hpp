// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "subjects.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace bench {

[[nodiscard]] inline instant now_on_the_clock()
{
    return instant{std::chrono::steady_clock::now().time_since_epoch()};
}

[[nodiscard]] inline std::chrono::steady_clock::time_point on_the_clock(instant at)
{
    return std::chrono::steady_clock::time_point{at.time_since_epoch()};
}

/// A queue that threads share as those of the Go programs do theirs: one mutex, and a `get` that
/// sleeps until there is something. No spinning.
///
/// A sleeper is woken only if none is on its way already; who gets a key and leaves others behind
/// wakes the next. So a producer that is as fast as one worker does not wake the other workers.
template <class Queue>
class blocking {
public:
    using key_type = typename Queue::key_type;
    using item = typename Queue::item;

    void add(key_type const& key)
    {
        std::unique_lock lock{mutex_};
        queue_.add(key);
        wake_if_needed(lock);
    }

    void add_at(key_type const& key, instant due)
    {
        std::unique_lock lock{mutex_};
        auto const before = queue_.next_due();
        queue_.add_at(key, due);
        if (before && due >= *before)
            return;
        lock.unlock();
        wake_.notify_one();
    }

    /// False once the queue has shut down and is empty.
    bool get(item& into)
    {
        std::unique_lock lock{mutex_};
        for (;;) {
            auto const due = queue_.next_due();
            if (queue_.take(due ? now_on_the_clock() : instant{}, into)) {
                wake_if_needed(lock);
                return true;
            }
            if (stopped_)
                return false;
            sleep(lock);
        }
    }

    void done(key_type const& key)
    {
        std::unique_lock lock{mutex_};
        queue_.done(key);
        wake_if_needed(lock);
    }

    void shut_down()
    {
        std::unique_lock lock{mutex_};
        stopped_ = true;
        lock.unlock();
        wake_.notify_all();
    }

    [[nodiscard]] Queue& unlocked() noexcept { return queue_; }

private:
    void sleep(std::unique_lock<std::mutex>& lock)
    {
        ++sleeping_;
        if (auto const next = queue_.next_due())
            wake_.wait_until(lock, on_the_clock(*next));
        else
            wake_.wait(lock);
        --sleeping_;
        on_its_way_ = false;
    }

    void wake_if_needed(std::unique_lock<std::mutex>& lock)
    {
        if (sleeping_ == 0 || on_its_way_ || !queue_.has_ready())
            return;
        on_its_way_ = true;
        lock.unlock();
        wake_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    Queue queue_;
    int sleeping_ = 0;
    bool on_its_way_ = false;
    bool stopped_ = false;
};

} // namespace bench
