// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>
#include <converge/observe/counter.hpp>
#include <converge/observe/detail/metric_cell.hpp>
#include <converge/observe/detail/metric_text.hpp>
#include <converge/observe/gauge.hpp>
#include <converge/observe/histogram.hpp>
#include <converge/observe/metric_labels.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// Holds the metrics of a program and prints them in the Prometheus text format, version 0.0.4.
///
/// Asking for a series makes it, or returns a handle to the one that exists, so callers keep the
/// handle and need not coordinate. Handles stay valid after the registry is gone.
///
/// @par Errors  `errc::invalid` is thrown for a name or label that Prometheus would refuse, and for
/// a name that is already in use for another type or other buckets: mistakes in the program.
/// @par Bounds  A metric has at most `series_limit` combinations of labels; all further ones share
/// one series, whose label values are `overflow`.
/// @par Threads  Safe: a mutex for registration and printing, none for counting.
class metrics_registry {
public:
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    explicit metrics_registry(std::size_t series_limit = 1000) : series_limit_{series_limit} {}
    metrics_registry(metrics_registry const&) = delete;
    metrics_registry& operator=(metrics_registry const&) = delete;

    /// `name` ends in `_total` by custom. `help` is one sentence; that of the first caller stays.
    [[nodiscard]] converge::counter counter(std::string_view name, std::string_view help,
                                            metric_labels const& labels = {})
    {
        return converge::counter{series<detail::counter_cell>(
            name, help, labels, [] { return std::make_shared<detail::counter_cell>(); })};
    }

    [[nodiscard]] converge::gauge gauge(std::string_view name, std::string_view help,
                                        metric_labels const& labels = {})
    {
        return converge::gauge{series<detail::gauge_cell>(
            name, help, labels, [] { return std::make_shared<detail::gauge_cell>(); })};
    }

    /// `buckets` are inclusive upper bounds, finite and strictly rising; `+Inf` is implied. Base
    /// units by custom: seconds, bytes.
    [[nodiscard]] converge::histogram
    histogram(std::string_view name, std::string_view help, metric_labels const& labels = {},
              std::vector<double> const& buckets = default_buckets())
    {
        check_buckets(name, labels, buckets);
        auto cell = series<detail::histogram_cell>(name, help, labels, [&buckets] {
            return std::make_shared<detail::histogram_cell>(buckets);
        });
        if (cell->bounds != buckets)
            throw error{errc::invalid, "metric " + std::string{name} +
                                           " exists with other buckets: use the same ones for "
                                           "all of its labels"};
        return converge::histogram{std::move(cell)};
    }

    /// Everything, sorted by name and labels: the same values give the same text.
    [[nodiscard]] std::string text() const
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

private:
    struct family {
        std::string help;
        std::string_view type;
        std::map<std::string, std::shared_ptr<detail::metric_cell>, std::less<>> series{};
    };

    template <class Cell, class Make>
    std::shared_ptr<Cell> series(std::string_view name, std::string_view help,
                                 metric_labels const& labels, Make make)
    {
        check_names(name, labels);
        std::lock_guard const lock{mutex_};
        auto const [position, fresh] =
            families_.try_emplace(std::string{name}, family{std::string{help}, Cell::type});
        auto& metric = position->second;
        if (metric.type != Cell::type)
            throw error{errc::invalid, "metric " + std::string{name} + " exists as a " +
                                           std::string{metric.type} + ", not as a " +
                                           std::string{Cell::type} + ": use another name"};
        auto text = labels.text();
        if (metric.series.size() >= series_limit_ && !metric.series.contains(text))
            text = overflow(labels).text();
        auto& cell = metric.series[text];
        if (!cell)
            cell = make();
        return std::static_pointer_cast<Cell>(cell);
    }

    [[nodiscard]] static metric_labels overflow(metric_labels const& labels)
    {
        auto pairs = labels.pairs();
        for (auto& [name, value] : pairs)
            value = "overflow";
        return metric_labels{std::move(pairs)};
    }

    static void check_names(std::string_view name, metric_labels const& labels)
    {
        if (!detail::is_metric_word(name, true))
            throw error{errc::invalid, "metric name \"" + std::string{name} +
                                           "\": use letters, digits, _ and :, and begin with "
                                           "no digit"};
        if (auto const label = labels.first_invalid(); !label.empty())
            throw error{errc::invalid, "metric " + std::string{name} + ": label \"" +
                                           std::string{label} +
                                           "\": use letters, digits and _, begin with no digit "
                                           "or __, and give each label once"};
    }

    static void check_buckets(std::string_view name, metric_labels const& labels,
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

    std::size_t series_limit_;
    mutable std::mutex mutex_;
    std::map<std::string, family, std::less<>> families_;
};

} // namespace converge
