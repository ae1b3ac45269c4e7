// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
[[nodiscard]] CONVERGE_DECL condition const*
find_condition(std::vector<condition> const& conditions, std::string_view type);

/// Whether there is a condition of that type and its status is `True`.
[[nodiscard]] CONVERGE_DECL bool is_true(std::vector<condition> const& conditions,
                                         std::string_view type);

/// Makes `conditions` carry `desired`, in the place of the one of its type or at the end.
///
/// The transition time becomes `desired.last_transition_time`, or `now` if it has none, when the
/// status changes; otherwise it stays, whatever else changes. So a reconciler may set what it
/// sees every time: the same condition again changes nothing and needs no write.
/// @returns whether anything changed.
CONVERGE_DECL bool set_condition(std::vector<condition>& conditions, condition desired,
                                 timestamp now);

/// @returns whether there was a condition of that type.
CONVERGE_DECL bool remove_condition(std::vector<condition>& conditions, std::string_view type);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/condition.ipp>
#endif
