// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/memory_sink.hpp>

#include <mutex>
#include <string_view>
#include <vector>

namespace converge {

CONVERGE_DECL void memory_sink::write(log_record const& record)
{
    std::lock_guard const lock{mutex_};
    if (capacity_ == 0)
        return;
    if (records_.size() == capacity_)
        records_.pop_front();
    records_.push_back(record);
}

CONVERGE_DECL std::vector<log_record> memory_sink::records() const
{
    std::lock_guard const lock{mutex_};
    return {records_.begin(), records_.end()};
}

CONVERGE_DECL std::size_t memory_sink::count(std::string_view message) const
{
    std::lock_guard const lock{mutex_};
    std::size_t found = 0;
    for (auto const& record : records_)
        found += record.message == message ? 1 : 0;
    return found;
}

CONVERGE_DECL void memory_sink::clear()
{
    std::lock_guard const lock{mutex_};
    records_.clear();
}

} // namespace converge
