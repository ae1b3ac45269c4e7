// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
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

    CONVERGE_DECL void write(log_record const& record) override;

    /// A copy, oldest first.
    [[nodiscard]] CONVERGE_DECL std::vector<log_record> records() const;

    /// How many of the kept records have that message.
    [[nodiscard]] CONVERGE_DECL std::size_t count(std::string_view message) const;

    CONVERGE_DECL void clear();

private:
    mutable std::mutex mutex_;
    std::size_t capacity_;
    std::deque<log_record> records_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/memory_sink.ipp>
#endif
