// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/detail/quantity_nanos.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace converge::detail {

[[nodiscard]] inline std::string decimal_digits(nanos value)
{
    std::string text;
    for (nanos rest = value < 0 ? -value : value; rest != 0; rest /= 10)
        text += static_cast<char>('0' + static_cast<int>(rest % 10));
    if (value < 0)
        text += '-';
    std::reverse(text.begin(), text.end());
    return text.empty() ? "0" : text;
}

/// Divides `value` by `step` as often as it goes without remainder, at most `times_max` times.
/// @returns how often.
inline std::size_t divide_out(nanos& value, nanos step, std::size_t times_max)
{
    std::size_t times = 0;
    for (; times < times_max && value % step == 0; ++times)
        value /= step;
    return times;
}

[[nodiscard]] inline std::string print_quantity(quantity_parts const& parts)
{
    static constexpr std::array<std::string_view, 10> decimal{"n", "u", "m", "",  "k",
                                                              "M", "G", "T", "P", "E"};
    static constexpr std::array<std::string_view, 7> binary{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    nanos number = parts.value;
    if (number == 0)
        return "0";

    // A binary suffix would not shorten a small number and cannot express a fraction.
    constexpr nanos smallest_binary = 1024 * nanos_per_unit;
    bool const small = -smallest_binary < number && number < smallest_binary;
    if (parts.format == quantity_format::binary_si && !small && number % nanos_per_unit == 0) {
        number /= nanos_per_unit;
        auto const power = divide_out(number, 1024, binary.size() - 1);
        return decimal_digits(number) + std::string{binary[power]};
    }
    auto const power = divide_out(number, 1000, decimal.size() - 1);
    if (parts.format != quantity_format::decimal_exponent)
        return decimal_digits(number) + std::string{decimal[power]};
    int const exponent = static_cast<int>(power) * 3 - 9;
    return decimal_digits(number) + (exponent == 0 ? "" : "e" + std::to_string(exponent));
}

} // namespace converge::detail
