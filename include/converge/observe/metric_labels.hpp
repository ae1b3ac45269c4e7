// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/detail/metric_text.hpp>

#include <algorithm>
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
    metric_labels(std::initializer_list<pair> labels) : metric_labels{std::vector<pair>{labels}} {}
    explicit metric_labels(std::vector<pair> labels) : labels_{std::move(labels)}
    {
        std::sort(labels_.begin(), labels_.end());
    }

    [[nodiscard]] bool empty() const noexcept { return labels_.empty(); }
    [[nodiscard]] std::vector<pair> const& pairs() const noexcept { return labels_; }

    /// The first name that Prometheus would refuse, because of its characters or because it is
    /// there twice; empty if all are well. Names beginning with `__` are Prometheus' own.
    [[nodiscard]] std::string_view first_invalid() const noexcept
    {
        static constexpr std::string_view nameless = "(empty)";
        std::string const* previous = nullptr;
        for (auto const& [name, value] : labels_) {
            if (name.empty())
                return nameless;
            if (!detail::is_metric_word(name, false) || name.starts_with("__") ||
                (previous != nullptr && *previous == name))
                return name;
            previous = &name;
        }
        return {};
    }

    /// `controller="webs",result="ok"`.
    [[nodiscard]] std::string text() const
    {
        std::string text;
        for (auto const& [name, value] : labels_) {
            if (!text.empty())
                text += ',';
            text += name;
            text += "=\"";
            detail::append_escaped(text, value, true);
            text += '"';
        }
        return text;
    }

private:
    std::vector<pair> labels_;
};

} // namespace converge
