// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/observe/detail/metric_cell.hpp>
#include <converge/observe/detail/metric_text.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
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

    explicit histogram_cell(std::vector<double> upper_bounds)
        : bounds{std::move(upper_bounds)},
          counts(bounds.size() + 1)
    {}

    void observe(double value) noexcept
    {
        auto const bound = std::isnan(value)
                               ? bounds.end()
                               : std::lower_bound(bounds.begin(), bounds.end(), value);
        counts[static_cast<std::size_t>(bound - bounds.begin())].fetch_add(
            1, std::memory_order_relaxed);
        sum.fetch_add(value, std::memory_order_relaxed);
    }

    void append(std::string& text, std::string_view name, std::string_view labels) const override
    {
        auto const line = [&](std::string_view suffix, std::string_view bucket,
                              std::string const& value) {
            text.append(name).append(suffix).append(braced(labels, bucket)).append(" ");
            text.append(value).append("\n");
        };
        std::uint64_t total = 0;
        for (std::size_t index = 0; index != counts.size(); ++index) {
            total += counts[index].load(std::memory_order_relaxed);
            auto const bound = index < bounds.size() ? metric_number(bounds[index]) : "+Inf";
            line("_bucket", "le=\"" + bound + "\"", std::to_string(total));
        }
        line("_sum", {}, metric_number(sum.load(std::memory_order_relaxed)));
        // The sum of the buckets, not a counter of its own: a reader never sees them disagree.
        line("_count", {}, std::to_string(total));
    }

    std::vector<double> const bounds;
    std::vector<std::atomic<std::uint64_t>> counts;
    std::atomic<double> sum{0.0};
};

} // namespace detail

/// `count` bounds, each `factor` times the one before, from `first`: for durations and sizes whose
/// magnitude matters. @pre `first > 0`, `factor > 1`.
[[nodiscard]] inline std::vector<double> exponential_buckets(double first, double factor,
                                                             std::size_t count)
{
    std::vector<double> bounds;
    for (; bounds.size() < count; first *= factor)
        bounds.push_back(first);
    return bounds;
}

/// From 5 ms to 10 s, for durations of requests in seconds.
[[nodiscard]] inline std::vector<double> default_buckets()
{
    return {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

/// Counts values by size. A handle to one series of a `metrics_registry`: copies count together,
/// and one that is default-constructed counts nothing.
/// @par Threads  Safe. @par Complexity  O(log buckets).
class histogram {
public:
    histogram() = default;
    explicit histogram(std::shared_ptr<detail::histogram_cell> cell) : cell_{std::move(cell)} {}

    void observe(double value) const noexcept
    {
        if (cell_)
            cell_->observe(value);
    }

    /// In seconds, as is the custom.
    void observe(duration took) const noexcept
    {
        observe(std::chrono::duration<double>{took}.count());
    }

    [[nodiscard]] std::uint64_t count() const noexcept
    {
        std::uint64_t total = 0;
        if (cell_)
            for (auto const& bucket : cell_->counts)
                total += bucket.load(std::memory_order_relaxed);
        return total;
    }

    [[nodiscard]] double sum() const noexcept
    {
        return cell_ ? cell_->sum.load(std::memory_order_relaxed) : 0.0;
    }

private:
    std::shared_ptr<detail::histogram_cell> cell_;
};

} // namespace converge
