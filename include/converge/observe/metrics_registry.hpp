// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>
#include <converge/observe/counter.hpp>
#include <converge/observe/detail/metric_cell.hpp>
#include <converge/observe/gauge.hpp>
#include <converge/observe/histogram.hpp>
#include <converge/observe/metric_labels.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
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

    CONVERGE_DECL explicit metrics_registry(std::size_t series_limit = 1000);
    CONVERGE_DECL ~metrics_registry();
    metrics_registry(metrics_registry const&) = delete;
    metrics_registry& operator=(metrics_registry const&) = delete;

    /// `name` ends in `_total` by custom. `help` is one sentence; that of the first caller stays.
    [[nodiscard]] CONVERGE_DECL converge::counter
    counter(std::string_view name, std::string_view help, metric_labels const& labels = {});

    [[nodiscard]] CONVERGE_DECL converge::gauge gauge(std::string_view name, std::string_view help,
                                                      metric_labels const& labels = {});

    /// `buckets` are inclusive upper bounds, finite and strictly rising; `+Inf` is implied. Base
    /// units by custom: seconds, bytes.
    [[nodiscard]] CONVERGE_DECL converge::histogram
    histogram(std::string_view name, std::string_view help, metric_labels const& labels = {},
              std::vector<double> const& buckets = default_buckets());

    /// Everything, sorted by name and labels: the same values give the same text.
    [[nodiscard]] CONVERGE_DECL std::string text() const;

private:
    struct family {
        std::string help;
        std::string_view type;
        /// Of a histogram; empty for the others.
        std::vector<double> buckets;
        std::map<std::string, std::shared_ptr<detail::metric_cell>, std::less<>> series{};
    };

    template <class Cell, class Make>
    std::shared_ptr<Cell> series(std::string_view name, std::string_view help,
                                 metric_labels const& labels, std::vector<double> const& buckets,
                                 Make make);

    std::size_t series_limit_;
    mutable std::mutex mutex_;
    std::map<std::string, family, std::less<>> families_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/metrics_registry.ipp>
#endif
