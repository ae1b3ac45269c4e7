// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>

#include <boost/describe/class.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// One aspect of the actual state, such as `Ready`, as a status reports it.
struct condition {
    std::string type{};
    /// `True`, `False` or `Unknown`.
    std::string status = "Unknown";
    /// Why, in one CamelCase word that programs may compare.
    std::string reason{};
    /// Why, in words for a person.
    std::string message{};
    /// When `status` last became what it is.
    std::optional<timestamp> last_transition_time{};
    /// The `metadata.generation` that was looked at.
    std::int64_t observed_generation = 0;

    friend bool operator==(condition const&, condition const&) = default;
};
BOOST_DESCRIBE_STRUCT(condition, (),
                      (type, status, reason, message, last_transition_time, observed_generation))

/// The condition of that type, or null. Valid until `conditions` changes.
[[nodiscard]] inline condition const* find_condition(std::vector<condition> const& conditions,
                                                     std::string_view type)
{
    auto const found = std::find_if(conditions.begin(), conditions.end(),
                                    [&](condition const& each) { return each.type == type; });
    return found == conditions.end() ? nullptr : &*found;
}

/// Whether there is a condition of that type and its status is `True`.
[[nodiscard]] inline bool is_true(std::vector<condition> const& conditions, std::string_view type)
{
    auto const* const found = find_condition(conditions, type);
    return found != nullptr && found->status == "True";
}

/// Makes `conditions` carry `desired`, in the place of the one of its type or at the end.
///
/// The transition time becomes `desired.last_transition_time`, or `now` if it has none, when the
/// status changes; otherwise it stays, whatever else changes. So a reconciler may set what it
/// sees every time: the same condition again changes nothing and needs no write.
/// @returns whether anything changed.
inline bool set_condition(std::vector<condition>& conditions, condition desired, timestamp now)
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

/// @returns whether there was a condition of that type.
inline bool remove_condition(std::vector<condition>& conditions, std::string_view type)
{
    return std::erase_if(conditions, [&](condition const& each) { return each.type == type; }) != 0;
}

} // namespace converge
