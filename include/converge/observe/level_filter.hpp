// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/log_sink.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace converge {

/// Passes on the records of a level and above. The level can be changed while the program runs.
/// @pre `next` is not null. @par Threads  Safe if `next` is.
class level_filter : public log_sink {
public:
    level_filter(log_level lowest, std::shared_ptr<log_sink> next)
        : lowest_{lowest},
          next_{std::move(next)}
    {}

    void set_level(log_level lowest) noexcept { lowest_.store(lowest, std::memory_order_relaxed); }

    [[nodiscard]] bool wants(log_level level) const noexcept override
    {
        return level >= lowest_.load(std::memory_order_relaxed) && next_->wants(level);
    }

    void write(log_record const& record) override
    {
        if (wants(record.level))
            next_->write(record);
    }

private:
    std::atomic<log_level> lowest_;
    std::shared_ptr<log_sink> next_;
};

} // namespace converge
