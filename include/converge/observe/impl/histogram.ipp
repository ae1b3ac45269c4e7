// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/histogram.hpp>

#include <converge/observe/detail/metric_text.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

namespace detail {

CONVERGE_DECL histogram_cell::histogram_cell(std::vector<double> upper_bounds)
    : bounds{std::move(upper_bounds)},
      counts(bounds.size() + 1)
{}

CONVERGE_DECL void histogram_cell::observe(double value) noexcept
{
    auto const bound =
        std::isnan(value) ? bounds.end() : std::lower_bound(bounds.begin(), bounds.end(), value);
    counts[static_cast<std::size_t>(bound - bounds.begin())].fetch_add(1,
                                                                       std::memory_order_relaxed);
    sum.fetch_add(value, std::memory_order_relaxed);
}

CONVERGE_DECL void histogram_cell::append(std::string& text, std::string_view name,
                                          std::string_view labels) const
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

} // namespace detail

CONVERGE_DECL std::vector<double> exponential_buckets(double first, double factor,
                                                      std::size_t count)
{
    std::vector<double> bounds;
    for (; bounds.size() < count; first *= factor)
        bounds.push_back(first);
    return bounds;
}

CONVERGE_DECL std::vector<double> default_buckets()
{
    return {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

CONVERGE_DECL void histogram::observe(double value) const noexcept
{
    if (cell_)
        cell_->observe(value);
}

CONVERGE_DECL void histogram::observe(duration took) const noexcept
{
    observe(std::chrono::duration<double>{took}.count());
}

CONVERGE_DECL std::uint64_t histogram::count() const noexcept
{
    std::uint64_t total = 0;
    if (cell_)
        for (auto const& bucket : cell_->counts)
            total += bucket.load(std::memory_order_relaxed);
    return total;
}

} // namespace converge
