// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/metrics_registry.hpp>

#include <converge/observe/detail/metric_text.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

namespace detail {

[[nodiscard]] inline metric_labels overflow(metric_labels const& labels)
{
    auto pairs = labels.pairs();
    for (auto& [name, value] : pairs)
        value = "overflow";
    return metric_labels{std::move(pairs)};
}

inline void check_names(std::string_view name, metric_labels const& labels)
{
    if (!is_metric_word(name, true))
        throw error{errc::invalid, "metric name \"" + std::string{name} +
                                       "\": use letters, digits, _ and :, and begin with "
                                       "no digit"};
    if (auto const label = labels.first_invalid(); !label.empty())
        throw error{errc::invalid, "metric " + std::string{name} + ": label \"" +
                                       std::string{label} +
                                       "\": use letters, digits and _, begin with no digit "
                                       "or __, and give each label once"};
}

inline void check_buckets(std::string_view name, metric_labels const& labels,
                          std::vector<double> const& buckets)
{
    for (auto const& [label, value] : labels.pairs())
        if (label == "le")
            throw error{errc::invalid, "metric " + std::string{name} +
                                           ": label \"le\" belongs to the buckets of a "
                                           "histogram: rename it"};
    bool valid = std::all_of(buckets.begin(), buckets.end(),
                             [](double bound) { return std::isfinite(bound); });
    for (std::size_t index = 1; index < buckets.size(); ++index)
        valid = valid && buckets[index - 1] < buckets[index];
    if (!valid)
        throw error{errc::invalid, "metric " + std::string{name} +
                                       ": bucket bounds must be finite and strictly rising"};
}

} // namespace detail

CONVERGE_DECL metrics_registry::metrics_registry(std::size_t series_limit)
    : series_limit_{series_limit}
{}

CONVERGE_DECL metrics_registry::~metrics_registry() = default;

template <class Cell, class Make>
std::shared_ptr<Cell> metrics_registry::series(std::string_view name, std::string_view help,
                                               metric_labels const& labels,
                                               std::vector<double> const& buckets, Make make)
{
    detail::check_names(name, labels);
    std::lock_guard const lock{mutex_};
    auto const [position, fresh] =
        families_.try_emplace(std::string{name}, family{std::string{help}, Cell::type, buckets});
    auto& metric = position->second;
    if (metric.type != Cell::type)
        throw error{errc::invalid, "metric " + std::string{name} + " exists as a " +
                                       std::string{metric.type} + ", not as a " +
                                       std::string{Cell::type} + ": use another name"};
    if (metric.buckets != buckets)
        throw error{errc::invalid, "metric " + std::string{name} +
                                       " exists with other buckets: use the same ones for "
                                       "all of its labels"};
    auto text = labels.text();
    if (metric.series.size() >= series_limit_ && !metric.series.contains(text))
        text = detail::overflow(labels).text();
    auto& cell = metric.series[text];
    if (!cell)
        cell = make();
    return std::static_pointer_cast<Cell>(cell);
}

CONVERGE_DECL converge::counter
metrics_registry::counter(std::string_view name, std::string_view help, metric_labels const& labels)
{
    return converge::counter{series<detail::counter_cell>(
        name, help, labels, {}, [] { return std::make_shared<detail::counter_cell>(); })};
}

CONVERGE_DECL converge::gauge metrics_registry::gauge(std::string_view name, std::string_view help,
                                                      metric_labels const& labels)
{
    return converge::gauge{series<detail::gauge_cell>(
        name, help, labels, {}, [] { return std::make_shared<detail::gauge_cell>(); })};
}

CONVERGE_DECL converge::histogram metrics_registry::histogram(std::string_view name,
                                                              std::string_view help,
                                                              metric_labels const& labels,
                                                              std::vector<double> const& buckets)
{
    detail::check_buckets(name, labels, buckets);
    return converge::histogram{
        series<detail::histogram_cell>(name, help, labels, buckets, [&buckets] {
            return std::make_shared<detail::histogram_cell>(buckets);
        })};
}

CONVERGE_DECL std::string metrics_registry::text() const
{
    std::lock_guard const lock{mutex_};
    std::string out;
    for (auto const& [name, metric] : families_) {
        out += "# HELP " + name + " ";
        detail::append_escaped(out, metric.help, false);
        out += "\n# TYPE " + name + " " + std::string{metric.type} + "\n";
        for (auto const& [labels, cell] : metric.series)
            cell->append(out, name, labels);
    }
    return out;
}

} // namespace converge
