// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/metric_labels.hpp>

#include <converge/observe/detail/metric_text.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

CONVERGE_DECL metric_labels::metric_labels(std::initializer_list<pair> labels)
    : metric_labels{std::vector<pair>{labels}}
{}

CONVERGE_DECL metric_labels::metric_labels(std::vector<pair> labels) : labels_{std::move(labels)}
{
    std::sort(labels_.begin(), labels_.end());
}

CONVERGE_DECL std::string_view metric_labels::first_invalid() const noexcept
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

CONVERGE_DECL std::string metric_labels::text() const
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

} // namespace converge
