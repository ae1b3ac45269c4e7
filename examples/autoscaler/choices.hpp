// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace autoscaling {

/// What a person can do: all steps of an element together, or all of another element instead.
using choices = std::vector<std::vector<std::string>>;

[[nodiscard]] inline std::string joined(std::vector<std::string> const& parts,
                                        std::string_view separator)
{
    std::string text;
    for (auto const& part : parts)
        text += (text.empty() ? std::string{} : std::string{separator}) + part;
    return text;
}

inline void append_unique(std::vector<std::string>& list, std::string entry)
{
    if (std::find(list.begin(), list.end(), entry) == list.end())
        list.push_back(std::move(entry));
}

/// `a and b, or c`. A choice that contains another asks for more than it has to, and is left out.
[[nodiscard]] inline std::string joined(choices const& among)
{
    auto const contains = [](auto const& all, std::string const& step) {
        return std::find(all.begin(), all.end(), step) != all.end();
    };
    std::vector<std::string> parts;
    bool several = false;
    for (auto const& each : among) {
        bool const needless = std::any_of(among.begin(), among.end(), [&](auto const& other) {
            return other.size() < each.size() &&
                   std::all_of(
                       other.begin(), other.end(),
                       [&](auto const& step) { return contains(each, step); });
        });
        if (needless)
            continue;
        append_unique(parts, joined(each, " and "));
        several = several || each.size() > 1;
    }
    return joined(parts, several && parts.size() > 1 ? ", or " : " or ");
}

} // namespace autoscaling
