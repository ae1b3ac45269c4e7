// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/label_selector.hpp>

#include <converge/model/detail/label_selector_reader.hpp>
#include <converge/model/names.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

namespace detail {

template <class T>
void sort_unique(std::vector<T>& values)
{
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

} // namespace detail

CONVERGE_DECL result<label_selector> label_selector::parse(std::string_view text)
{
    auto requirements = detail::label_selector_reader{text}.read();
    if (!requirements)
        return requirements.error();
    return label_selector{std::move(*requirements)};
}

CONVERGE_DECL label_selector
label_selector::equals(std::map<std::string, std::string> const& labels)
{
    std::vector<label_requirement> requirements;
    for (auto const& [key, value] : labels)
        requirements.push_back({key, label_operator::in, {value}});
    return label_selector{std::move(requirements)};
}

CONVERGE_DECL label_selector::label_selector(std::vector<label_requirement> requirements)
    : requirements_{std::move(requirements)}
{
    for (auto& each : requirements_)
        detail::sort_unique(each.values);
    detail::sort_unique(requirements_);
}

CONVERGE_DECL bool label_selector::matches(std::map<std::string, std::string> const& labels) const
{
    return std::all_of(requirements_.begin(), requirements_.end(),
                       [&](auto const& each) { return each.matches(labels); });
}

CONVERGE_DECL std::string label_selector::str() const
{
    std::string text;
    for (auto const& each : requirements_)
        text += (text.empty() ? "" : ",") + each.str();
    return text;
}

CONVERGE_DECL result<label_selector> compile(label_selector_spec const& from)
{
    std::vector<label_requirement> requirements;
    for (auto const& [key, value] : from.match_labels) {
        auto const path = "matchLabels[" + key + "]";
        if (auto const named = check_qualified_name(key); !named)
            return failure{named.error()}.at(path);
        if (auto const valued = check_label_value(value); !valued)
            return failure{valued.error()}.at(path);
        requirements.push_back({key, label_operator::in, {value}});
    }
    for (std::size_t i = 0; i < from.match_expressions.size(); ++i) {
        auto requirement = detail::to_requirement(from.match_expressions[i]);
        if (!requirement) {
            auto path = "matchExpressions[" + std::to_string(i) + "]." + requirement.error().path;
            return failure{requirement.error()}.at(std::move(path));
        }
        requirements.push_back(std::move(*requirement));
    }
    return label_selector{std::move(requirements)};
}

} // namespace converge
