// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// The labels of one series, sorted by name: `{{"controller", "webs"}, {"result", "ok"}}`.
///
/// Give labels few values: each combination is a series that is kept for ever. A name of an
/// object is not a label.
class metric_labels {
public:
    using pair = std::pair<std::string, std::string>;

    metric_labels() = default;
    CONVERGE_DECL metric_labels(std::initializer_list<pair> labels);
    CONVERGE_DECL explicit metric_labels(std::vector<pair> labels);

    [[nodiscard]] bool empty() const noexcept { return labels_.empty(); }
    [[nodiscard]] std::vector<pair> const& pairs() const noexcept { return labels_; }

    /// The first name that Prometheus would refuse, because of its characters or because it is
    /// there twice; empty if all are well. Names beginning with `__` are Prometheus' own.
    [[nodiscard]] CONVERGE_DECL std::string_view first_invalid() const noexcept;

    /// `controller="webs",result="ok"`.
    [[nodiscard]] CONVERGE_DECL std::string text() const;

private:
    std::vector<pair> labels_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/metric_labels.ipp>
#endif
