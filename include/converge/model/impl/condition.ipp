// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/condition.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

CONVERGE_DECL condition const* find_condition(std::vector<condition> const& conditions,
                                              std::string_view type)
{
    auto const found = std::find_if(conditions.begin(), conditions.end(),
                                    [&](condition const& each) { return each.type == type; });
    return found == conditions.end() ? nullptr : &*found;
}

CONVERGE_DECL bool is_true(std::vector<condition> const& conditions, std::string_view type)
{
    auto const* const found = find_condition(conditions, type);
    return found != nullptr && found->status == "True";
}

CONVERGE_DECL bool set_condition(std::vector<condition>& conditions, condition desired,
                                 timestamp now)
{
    auto const current =
        std::find_if(conditions.begin(), conditions.end(),
                     [&](condition const& each) { return each.type == desired.type; });
    bool const found = current != conditions.end();
    if (found && current->status == desired.status && current->last_transition_time)
        desired.last_transition_time = current->last_transition_time;
    else if (!desired.last_transition_time)
        desired.last_transition_time = now;

    if (!found) {
        conditions.push_back(std::move(desired));
        return true;
    }
    if (*current == desired)
        return false;
    *current = std::move(desired);
    return true;
}

CONVERGE_DECL bool remove_condition(std::vector<condition>& conditions, std::string_view type)
{
    return std::erase_if(conditions, [&](condition const& each) { return each.type == type; }) != 0;
}

} // namespace converge
