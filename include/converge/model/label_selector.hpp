// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/result.hpp>
#include <converge/model/detail/label_selector_reader.hpp>
#include <converge/model/label_requirement.hpp>
#include <converge/model/label_selector_spec.hpp>
#include <converge/model/names.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// Chooses objects by their labels: every requirement must hold, so that the empty selector
/// chooses all.
///
/// Regular value, kept in canonical order: two texts that ask for the same requirements give
/// equal selectors and one `str()`.
class label_selector {
public:
    /// Matches everything.
    label_selector() = default;

    /// Reads `a=b,c!=d,e in (x,y),f notin (z),g,!h`; `==` is `=`, spaces are free.
    /// Error: `errc::invalid` naming the text, the position and what should stand there.
    [[nodiscard]] static result<label_selector> parse(std::string_view text)
    {
        auto requirements = detail::label_selector_reader{text}.read();
        if (!requirements)
            return requirements.error();
        return label_selector{std::move(*requirements)};
    }

    /// Chooses objects that have all of `labels`.
    /// @pre Keys and values are valid in labels; use `compile` for those that nobody checked.
    [[nodiscard]] static label_selector equals(std::map<std::string, std::string> const& labels)
    {
        std::vector<label_requirement> requirements;
        for (auto const& [key, value] : labels)
            requirements.push_back({key, label_operator::in, {value}});
        return label_selector{std::move(requirements)};
    }

    /// Chooses objects that meet all of `requirements`, whose values may be in any order.
    /// @pre As for `equals`; `in` and `not_in` have values, the others none.
    explicit label_selector(std::vector<label_requirement> requirements)
        : requirements_{std::move(requirements)}
    {
        for (auto& each : requirements_)
            sort_unique(each.values);
        sort_unique(requirements_);
    }

    /// Linear in the requirements, logarithmic in the labels.
    [[nodiscard]] bool matches(std::map<std::string, std::string> const& labels) const
    {
        return std::all_of(requirements_.begin(), requirements_.end(),
                           [&](auto const& each) { return each.matches(labels); });
    }

    /// Whether it matches everything because it asks for nothing.
    [[nodiscard]] bool empty() const noexcept { return requirements_.empty(); }
    [[nodiscard]] std::vector<label_requirement> const& requirements() const noexcept
    {
        return requirements_;
    }

    /// The canonical text; `parse` of it gives this selector.
    [[nodiscard]] std::string str() const
    {
        std::string text;
        for (auto const& each : requirements_)
            text += (text.empty() ? "" : ",") + each.str();
        return text;
    }

    friend bool operator==(label_selector const&, label_selector const&) = default;

private:
    template <class T>
    static void sort_unique(std::vector<T>& values)
    {
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
    }

    std::vector<label_requirement> requirements_;
};

/// The selector that `from` describes.
/// Error: `errc::invalid` with the path of the offending member below `from`.
[[nodiscard]] inline result<label_selector> compile(label_selector_spec const& from)
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
