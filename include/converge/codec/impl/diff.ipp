// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/diff.hpp>

#include <converge/codec/detail/json_path.hpp>
#include <converge/codec/detail/same_json.hpp>
#include <converge/codec/detail/shorten.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace converge {

CONVERGE_DECL std::string to_string(difference const& of)
{
    auto const text = [](boost::json::value const& value) {
        return detail::shorten(boost::json::serialize(value), 120);
    };
    auto const path = of.path.empty() ? std::string{} : of.path + ": ";
    if (!of.before)
        return path + "added " + (of.after ? text(*of.after) : "nothing");
    if (!of.after)
        return path + "removed " + text(*of.before);
    return path + text(*of.before) + " -> " + text(*of.after);
}

CONVERGE_DECL std::string to_string(std::span<difference const> all)
{
    std::string lines;
    for (auto const& each : all)
        lines += to_string(each) + '\n';
    return lines;
}

namespace detail {

inline void collect_differences(boost::json::value const& before, boost::json::value const& after,
                                std::string const& path, std::vector<difference>& into);

inline void collect_member_differences(boost::json::object const& before,
                                       boost::json::object const& after, std::string const& path,
                                       std::vector<difference>& into)
{
    auto const below = [&path](auto const& member) {
        auto place = path;
        append_member(place, {member.key().data(), member.key().size()});
        return place;
    };
    for (auto const& member : before) {
        if (auto const* counterpart = after.if_contains(member.key()))
            collect_differences(member.value(), *counterpart, below(member), into);
        else
            into.push_back({below(member), member.value(), std::nullopt});
    }
    for (auto const& member : after)
        if (!before.contains(member.key()))
            into.push_back({below(member), std::nullopt, member.value()});
}

inline void collect_element_differences(boost::json::array const& before,
                                        boost::json::array const& after, std::string const& path,
                                        std::vector<difference>& into)
{
    for (std::size_t i = 0; i != std::max(before.size(), after.size()); ++i) {
        auto place = path;
        append_element(place, i);
        if (i >= after.size())
            into.push_back({std::move(place), before[i], std::nullopt});
        else if (i >= before.size())
            into.push_back({std::move(place), std::nullopt, after[i]});
        else
            collect_differences(before[i], after[i], place, into);
    }
}

inline void collect_differences(boost::json::value const& before, boost::json::value const& after,
                                std::string const& path, std::vector<difference>& into)
{
    if (before.is_object() && after.is_object())
        collect_member_differences(before.get_object(), after.get_object(), path, into);
    else if (before.is_array() && after.is_array())
        collect_element_differences(before.get_array(), after.get_array(), path, into);
    else if (!same_json(before, after))
        into.push_back({path, before, after});
}

} // namespace detail

CONVERGE_DECL std::vector<difference> diff(boost::json::value const& before,
                                           boost::json::value const& after)
{
    std::vector<difference> differences;
    detail::collect_differences(before, after, {}, differences);
    return differences;
}

} // namespace converge
