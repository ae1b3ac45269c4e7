// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/json_path.hpp>
#include <converge/codec/detail/same_json.hpp>
#include <converge/codec/detail/shorten.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// One place where two documents differ.
struct difference {
    /// `spec.containers[1].image`; empty for the whole document.
    std::string path{};
    /// Nothing if the value was added.
    std::optional<boost::json::value> before{};
    /// Nothing if the value was removed.
    std::optional<boost::json::value> after{};

    friend bool operator==(difference const&, difference const&) = default;
};

/// `spec.replicas: 1 -> 3`, `spec.image: added "web:2"`, `spec.paused: removed true`; long
/// values are cut. Values may be secrets: do not log differences of objects that hold them.
[[nodiscard]] inline std::string to_string(difference const& of)
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

/// One line for each difference.
[[nodiscard]] inline std::string to_string(std::span<difference const> all)
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

/// Where two documents differ, at the deepest places that do. Array elements are compared by
/// position; the order of members does not count, nor the spelling of a number (`1`, `1.0`).
/// @par Complexity  Linear in the size of the documents.
[[nodiscard]] inline std::vector<difference> diff(boost::json::value const& before,
                                                  boost::json::value const& after)
{
    std::vector<difference> differences;
    detail::collect_differences(before, after, {}, differences);
    return differences;
}

} // namespace converge
