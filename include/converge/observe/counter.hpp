// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/observe/detail/metric_cell.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace converge {

namespace detail {

class counter_cell final : public metric_cell {
public:
    static constexpr std::string_view type = "counter";

    CONVERGE_DECL void append(std::string& text, std::string_view name,
                              std::string_view labels) const override;

    std::atomic<std::uint64_t> value{0};
};

} // namespace detail

/// Counts what happened; never goes down. A handle to one series of a `metrics_registry`: copies
/// count together, and one that is default-constructed counts nothing.
/// @par Threads  Safe. @par Complexity  One relaxed atomic addition.
class counter {
public:
    counter() = default;
    explicit counter(std::shared_ptr<detail::counter_cell> cell) : cell_{std::move(cell)} {}

    void add(std::uint64_t count = 1) const noexcept
    {
        if (cell_)
            cell_->value.fetch_add(count, std::memory_order_relaxed);
    }

    [[nodiscard]] std::uint64_t value() const noexcept
    {
        return cell_ ? cell_->value.load(std::memory_order_relaxed) : 0;
    }

private:
    std::shared_ptr<detail::counter_cell> cell_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/counter.ipp>
#endif
