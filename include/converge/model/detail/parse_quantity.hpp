// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/result.hpp>
#include <converge/model/detail/quantity_nanos.hpp>
#include <converge/model/detail/quoted.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace converge::detail {

/// What a suffix multiplies by: 2^power or 10^power.
struct quantity_unit {
    std::string_view suffix{};
    quantity_format format = quantity_format::decimal_si;
    int power = 0;
};

inline constexpr std::array<quantity_unit, 16> quantity_units{{
    {"", quantity_format::decimal_si, 0},
    {"n", quantity_format::decimal_si, -9},
    {"u", quantity_format::decimal_si, -6},
    {"m", quantity_format::decimal_si, -3},
    {"k", quantity_format::decimal_si, 3},
    {"M", quantity_format::decimal_si, 6},
    {"G", quantity_format::decimal_si, 9},
    {"T", quantity_format::decimal_si, 12},
    {"P", quantity_format::decimal_si, 15},
    {"E", quantity_format::decimal_si, 18},
    {"Ki", quantity_format::binary_si, 10},
    {"Mi", quantity_format::binary_si, 20},
    {"Gi", quantity_format::binary_si, 30},
    {"Ti", quantity_format::binary_si, 40},
    {"Pi", quantity_format::binary_si, 50},
    {"Ei", quantity_format::binary_si, 60},
}};

[[nodiscard]] inline std::string_view take_digits(std::string_view& text)
{
    auto const end = std::min(text.find_first_not_of("0123456789"), text.size());
    auto const digits = text.substr(0, end);
    text.remove_prefix(end);
    return digits;
}

/// Takes one leading `+` or `-`. @returns whether it was `-`.
inline bool take_sign(std::string_view& text)
{
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    return negative;
}

/// The power in `e3`, `E-6`, `e+9`.
[[nodiscard]] inline std::optional<quantity_unit> exponent_unit(std::string_view suffix)
{
    if (!suffix.starts_with('e') && !suffix.starts_with('E'))
        return std::nullopt;
    suffix.remove_prefix(1);
    bool const negative = take_sign(suffix);
    auto const digits = take_digits(suffix);
    if (digits.empty() || !suffix.empty())
        return std::nullopt;
    // Far beyond every representable value already; stopping here keeps the sum in range.
    constexpr int power_max = 100'000;
    int power = 0;
    for (char const c : digits)
        power = std::min(power * 10 + (c - '0'), power_max);
    return quantity_unit{{}, quantity_format::decimal_exponent, negative ? -power : power};
}

[[nodiscard]] inline std::optional<quantity_unit> unit_of(std::string_view suffix)
{
    auto const* const known =
        std::find_if(quantity_units.begin(), quantity_units.end(),
                     [suffix](quantity_unit const& unit) { return unit.suffix == suffix; });
    return known != quantity_units.end() ? std::optional{*known} : exponent_unit(suffix);
}

/// `0.digits`, its point moved right by `point`, times the unit; in nanos, parts of a nano
/// rounded up. Empty if more than 2^63 units.
[[nodiscard]] inline std::optional<nanos> magnitude(std::string_view digits, std::int64_t point,
                                                    quantity_unit const& unit)
{
    bool const binary = unit.format == quantity_format::binary_si;
    int const shift = binary ? unit.power : 0;
    nanos const scale = nanos_per_unit << shift;
    nanos const whole_max = (nanos{1} << 63) >> shift;
    if (!binary)
        point += unit.power;

    auto const leading = std::min(digits.find_first_not_of('0'), digits.size());
    digits.remove_prefix(leading);
    point -= static_cast<std::int64_t>(leading);
    if (digits.empty())
        return nanos{0};

    auto const size = static_cast<std::int64_t>(digits.size());
    auto const digit = [&](std::int64_t i) {
        return i < size ? nanos{digits[static_cast<std::size_t>(i)] - '0'} : nanos{0};
    };
    nanos whole = 0;
    for (std::int64_t i = 0; i < point; ++i) {
        whole = whole * 10 + digit(i);
        if (whole > whole_max)
            return std::nullopt;
    }
    // From the last digit backwards, so that each step divides exactly or says that it did not.
    nanos part = 0;
    bool exact = true;
    auto const next_place = [&] {
        exact = exact && part % 10 == 0;
        part /= 10;
    };
    for (std::int64_t i = size - 1; i >= std::max<std::int64_t>(point, 0); --i) {
        part += digit(i) * scale;
        next_place();
    }
    for (std::int64_t i = point; i < 0 && part != 0; ++i)
        next_place();
    return whole * scale + part + (exact ? 0 : 1);
}

[[nodiscard]] inline failure not_a_quantity(std::string_view text, std::string_view why)
{
    return {errc::invalid, quoted(text) + " is not a quantity: " + std::string{why} +
                               "; write a number and a suffix, as in 500m, 1.5, 4Gi or 2e3"};
}

[[nodiscard]] inline result<quantity_parts> parse_quantity(std::string_view text)
{
    std::string_view rest = text;
    bool const negative = take_sign(rest);
    auto const whole = take_digits(rest);
    std::string_view fraction;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        fraction = take_digits(rest);
    }
    if (whole.empty() && fraction.empty())
        return not_a_quantity(text, "it has no digits where the number should stand");
    auto const unit = unit_of(rest);
    if (!unit)
        return not_a_quantity(text, "the suffix " + quoted(rest) +
                                        " is none of n u m k M G T P E Ki Mi Gi Ti Pi Ei");

    auto const size = magnitude(std::string{whole} + std::string{fraction},
                                static_cast<std::int64_t>(whole.size()), *unit);
    if (!size || *size > (negative ? -nanos_min : nanos_max))
        return not_a_quantity(text, "it is outside of the range of 64-bit integers");
    return quantity_parts{negative ? -*size : *size, unit->format};
}

} // namespace converge::detail
