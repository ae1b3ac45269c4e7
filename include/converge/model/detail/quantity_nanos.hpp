// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/quantity_format.hpp>

#include <cstdint>
#include <limits>

namespace converge::detail {

/// Billionths of a unit. The largest quantity takes 94 bits, so sums of two never overflow.
__extension__ typedef __int128 nanos;

inline constexpr nanos nanos_per_unit = 1'000'000'000;
inline constexpr nanos nanos_max = nanos_per_unit * std::numeric_limits<std::int64_t>::max();
inline constexpr nanos nanos_min = nanos_per_unit * std::numeric_limits<std::int64_t>::min();

struct quantity_parts {
    nanos value = 0;
    quantity_format format = quantity_format::decimal_si;
};

/// `value / divisor`, rounded away from zero.
[[nodiscard]] constexpr nanos divide_away(nanos value, nanos divisor) noexcept
{
    nanos const quotient = value / divisor;
    if (value % divisor == 0)
        return quotient;
    return value < 0 ? quotient - 1 : quotient + 1;
}

[[nodiscard]] constexpr nanos clamped(nanos value, nanos least, nanos most) noexcept
{
    return value < least ? least : value > most ? most : value;
}

} // namespace converge::detail
