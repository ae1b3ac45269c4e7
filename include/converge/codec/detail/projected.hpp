// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace converge::detail {

template <class T>
using all_public_members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                                    boost::describe::mod_inherited>;

template <class T>
inline constexpr bool is_described = boost::describe::has_describe_members<T>::value;

template <class T>
inline constexpr bool never = false;

template <class To, class From>
void project_value(To& to, From const& from);

template <class To, class From>
void project_contents(std::vector<To>& to, std::vector<From> const& from)
{
    to.reserve(from.size());
    for (auto const& each : from)
        project_value(to.emplace_back(), each);
}

template <class To, class From>
void project_contents(std::optional<To>& to, std::optional<From> const& from)
{
    if (from)
        project_value(to.emplace(), *from);
}

template <class To, class From>
void project_contents(std::map<std::string, To>& to, std::map<std::string, From> const& from)
{
    for (auto const& [name, value] : from)
        project_value(to[name], value);
}

template <class Member, class From, class To>
void project_member(To& to, From const& from)
{
    boost::mp11::mp_for_each<all_public_members<From>>([&](auto source) {
        using source_type = decltype(source);
        if constexpr (std::string_view{source_type::name} == std::string_view{Member::name})
            project_value(to.*Member::pointer, from.*source_type::pointer);
    });
}

template <class Member, class From>
constexpr bool has_member_of_name()
{
    bool found = false;
    boost::mp11::mp_for_each<all_public_members<From>>([&](auto source) {
        found = found || std::string_view{decltype(source)::name} == std::string_view{Member::name};
    });
    return found;
}

/// Gives every described member of `To` what the member of `From` of that name has.
template <class To, class From>
void project_value(To& to, From const& from)
{
    if constexpr (std::same_as<To, From>) {
        to = from;
    } else if constexpr (requires { project_contents(to, from); }) {
        project_contents(to, from);
    } else if constexpr (is_described<To> && is_described<From>) {
        boost::mp11::mp_for_each<all_public_members<To>>([&](auto member) {
            using member_type = decltype(member);
            static_assert(has_member_of_name<member_type, From>(),
                          "a projection has a member that what it projects has not");
            project_member<member_type>(to, from);
        });
    } else {
        static_assert(never<To>, "a member of a projection has the type of the member that it "
                                 "shows, or is a described struct with some of its members");
    }
}

} // namespace converge::detail
