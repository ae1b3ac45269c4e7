// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>
#include <converge/observe/detail/metric_cell.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

namespace detail {

class histogram_cell final : public metric_cell {
public:
    static constexpr std::string_view type = "histogram";

    CONVERGE_DECL explicit histogram_cell(std::vector<double> upper_bounds);

    CONVERGE_DECL void observe(double value) noexcept;

    CONVERGE_DECL void append(std::string& text, std::string_view name,
                              std::string_view labels) const override;

    std::vector<double> const bounds;
    std::vector<std::atomic<std::uint64_t>> counts;
    std::atomic<double> sum{0.0};
};

} // namespace detail

/// `count` bounds, each `factor` times the one before, from `first`: for durations and sizes whose
/// magnitude matters. @pre `first > 0`, `factor > 1`.
[[nodiscard]] CONVERGE_DECL std::vector<double> exponential_buckets(double first, double factor,
                                                                    std::size_t count);

/// From 5 ms to 10 s, for durations of requests in seconds.
[[nodiscard]] CONVERGE_DECL std::vector<double> default_buckets();

/// Counts values by size. A handle to one series of a `metrics_registry`: copies count together,
/// and one that is default-constructed counts nothing.
/// @par Threads  Safe. @par Complexity  O(log buckets).
class histogram {
public:
    histogram() = default;
    explicit histogram(std::shared_ptr<detail::histogram_cell> cell) : cell_{std::move(cell)} {}

    CONVERGE_DECL void observe(double value) const noexcept;

    /// In seconds, as is the custom.
    CONVERGE_DECL void observe(duration took) const noexcept;

    [[nodiscard]] CONVERGE_DECL std::uint64_t count() const noexcept;

    [[nodiscard]] double sum() const noexcept
    {
        return cell_ ? cell_->sum.load(std::memory_order_relaxed) : 0.0;
    }

private:
    std::shared_ptr<detail::histogram_cell> cell_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/histogram.ipp>
#endif
