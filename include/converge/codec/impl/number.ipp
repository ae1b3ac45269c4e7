// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/number.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace converge::detail {

/// The integer that `from` is exactly; a double counts only where doubles are exact integers.
/// `to_signed` is set for all values below 2^63, `to_unsigned` for all that are not negative.
struct exact_integer {
    std::int64_t to_signed = 0;
    std::uint64_t to_unsigned = 0;
    bool fits_signed = false;
    bool fits_unsigned = false;
};

[[nodiscard]] inline exact_integer exact_integer_of(boost::json::value const& from)
{
    constexpr double exact_max = 9007199254740992.0; // 2^53
    std::int64_t whole = 0;
    if (auto const* positive = from.if_uint64()) {
        if (*positive > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return {0, *positive, false, true};
        whole = static_cast<std::int64_t>(*positive);
    } else if (auto const* real = from.if_double()) {
        if (!(std::abs(*real) <= exact_max) || std::trunc(*real) != *real)
            return {};
        whole = static_cast<std::int64_t>(*real);
    } else if (auto const* integer = from.if_int64()) {
        whole = *integer;
    } else {
        return {};
    }
    return {whole, static_cast<std::uint64_t>(whole), true, whole >= 0};
}

CONVERGE_DECL bool decode_signed(boost::json::value const& from, std::int64_t min, std::int64_t max,
                                 std::int64_t& to, decode_context& context)
{
    auto const integer = exact_integer_of(from);
    to = integer.to_signed;
    if (integer.fits_signed && min <= to && to <= max)
        return true;
    return context.refuse(from,
                          "an integer from " + std::to_string(min) + " to " + std::to_string(max));
}

CONVERGE_DECL bool decode_unsigned(boost::json::value const& from, std::uint64_t max,
                                   std::uint64_t& to, decode_context& context)
{
    auto const integer = exact_integer_of(from);
    to = integer.to_unsigned;
    if (integer.fits_unsigned && to <= max)
        return true;
    return context.refuse(from, "an integer from 0 to " + std::to_string(max));
}

CONVERGE_DECL boost::json::value encode_unsigned(std::uint64_t value)
{
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return static_cast<std::int64_t>(value);
    return value;
}

CONVERGE_DECL bool decode_double(boost::json::value const& from, double& to,
                                 decode_context& context)
{
    if (auto const* real = from.if_double())
        to = *real;
    else if (auto const* integer = from.if_int64())
        to = static_cast<double>(*integer);
    else if (auto const* positive = from.if_uint64())
        to = static_cast<double>(*positive);
    else if (from.is_null())
        to = std::numeric_limits<double>::quiet_NaN();
    else
        return context.refuse(from, "a number");
    return true;
}

} // namespace converge::detail
