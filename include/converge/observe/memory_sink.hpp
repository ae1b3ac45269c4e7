// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/log_sink.hpp>

#include <cstddef>
#include <deque>
#include <mutex>
#include <string_view>
#include <vector>

namespace converge {

/// Keeps the last `capacity` records, for tests and for showing what happened before a failure.
/// @par Threads  Safe.
class memory_sink : public log_sink {
public:
    explicit memory_sink(std::size_t capacity = 10'000) : capacity_{capacity} {}

    void write(log_record const& record) override
    {
        std::lock_guard const lock{mutex_};
        if (capacity_ == 0)
            return;
        if (records_.size() == capacity_)
            records_.pop_front();
        records_.push_back(record);
    }

    /// A copy, oldest first.
    [[nodiscard]] std::vector<log_record> records() const
    {
        std::lock_guard const lock{mutex_};
        return {records_.begin(), records_.end()};
    }

    /// How many of the kept records have that message.
    [[nodiscard]] std::size_t count(std::string_view message) const
    {
        std::lock_guard const lock{mutex_};
        std::size_t found = 0;
        for (auto const& record : records_)
            found += record.message == message ? 1 : 0;
        return found;
    }

    void clear()
    {
        std::lock_guard const lock{mutex_};
        records_.clear();
    }

private:
    mutable std::mutex mutex_;
    std::size_t capacity_;
    std::deque<log_record> records_;
};

} // namespace converge
