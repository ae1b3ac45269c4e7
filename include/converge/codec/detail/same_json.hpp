// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace converge::detail {

/// Whether a double and an integer are exactly the same number.
[[nodiscard]] inline bool same_number(double real, boost::json::value const& integer)
{
    constexpr double two_to_63 = 9223372036854775808.0;
    if (std::trunc(real) != real || real < -two_to_63 || real >= 2 * two_to_63)
        return false;
    if (real < two_to_63)
        return integer == boost::json::value(static_cast<std::int64_t>(real));
    return integer == boost::json::value(static_cast<std::uint64_t>(real));
}

/// Whether two documents say the same: the order of members does not count, nor does whether a
/// number is written as `1` or `1.0`.
[[nodiscard]] inline bool same_json(boost::json::value const& left, boost::json::value const& right)
{
    if (auto const* array = left.if_array()) {
        auto const* other = right.if_array();
        bool same = other != nullptr && array->size() == other->size();
        for (std::size_t i = 0; same && i != array->size(); ++i)
            same = same_json((*array)[i], (*other)[i]);
        return same;
    }
    if (auto const* object = left.if_object()) {
        auto const* other = right.if_object();
        if (other == nullptr || object->size() != other->size())
            return false;
        for (auto const& member : *object) {
            auto const* counterpart = other->if_contains(member.key());
            if (counterpart == nullptr || !same_json(member.value(), *counterpart))
                return false;
        }
        return true;
    }
    if (left.is_double() != right.is_double() && left.is_number() && right.is_number())
        return left.is_double() ? same_number(left.get_double(), right)
                                : same_number(right.get_double(), left);
    return left == right;
}

} // namespace converge::detail
