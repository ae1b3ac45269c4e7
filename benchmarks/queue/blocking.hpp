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
template <class Queue>
class blocking {
public:
    using key_type = typename Queue::key_type;
    using item = typename Queue::item;

    void add(key_type const& key)
    {
        std::unique_lock lock{mutex_};
        bool const made = queue_.add(key);
        lock.unlock();
        if (made)
            wake_.notify_one();
    }

    void add_at(key_type const& key, instant due)
    {
        std::unique_lock lock{mutex_};
        auto const before = queue_.next_due();
        queue_.add_at(key, due);
        bool const sooner = !before || due < *before;
        lock.unlock();
        if (sooner)
            wake_.notify_one();
    }

    /// False once the queue has shut down and is empty.
    bool get(item& into)
    {
        std::unique_lock lock{mutex_};
        for (;;) {
            auto const due = queue_.next_due();
            if (queue_.take(due ? now_on_the_clock() : instant{}, into))
                return true;
            if (stopped_)
                return false;
            if (auto const next = queue_.next_due())
                wake_.wait_until(lock, on_the_clock(*next));
            else
                wake_.wait(lock);
        }
    }

    void done(key_type const& key)
    {
        std::unique_lock lock{mutex_};
        bool const again = queue_.done(key);
        lock.unlock();
        if (again)
            wake_.notify_one();
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
    std::mutex mutex_;
    std::condition_variable wake_;
    Queue queue_;
    bool stopped_ = false;
};

} // namespace bench
