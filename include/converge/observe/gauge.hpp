// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/observe/detail/metric_cell.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace converge {

namespace detail {

class gauge_cell final : public metric_cell {
public:
    static constexpr std::string_view type = "gauge";

    CONVERGE_DECL void append(std::string& text, std::string_view name,
                              std::string_view labels) const override;

    std::atomic<double> value{0.0};
};

} // namespace detail

/// How much there is now; goes up and down. A handle to one series of a `metrics_registry`: copies
/// share the value, and one that is default-constructed holds nothing.
/// @par Threads  Safe.
class gauge {
public:
    gauge() = default;
    explicit gauge(std::shared_ptr<detail::gauge_cell> cell) : cell_{std::move(cell)} {}

    void set(double value) const noexcept
    {
        if (cell_)
            cell_->value.store(value, std::memory_order_relaxed);
    }

    /// Adds `change`, which may be negative.
    void add(double change = 1.0) const noexcept
    {
        if (cell_)
            cell_->value.fetch_add(change, std::memory_order_relaxed);
    }

    [[nodiscard]] double value() const noexcept
    {
        return cell_ ? cell_->value.load(std::memory_order_relaxed) : 0.0;
    }

private:
    std::shared_ptr<detail::gauge_cell> cell_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/gauge.ipp>
#endif
