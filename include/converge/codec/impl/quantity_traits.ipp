// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/quantity_traits.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <charconv>
#include <string>

namespace converge {

namespace detail {

/// As people write it: an exponent would be kept as the form of the quantity.
[[nodiscard]] inline std::string without_exponent(double number)
{
    // -0., 323 zeros and 17 digits are the longest.
    std::array<char, 400> text{};
    auto const end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    return {text.data(), end.ptr};
}

} // namespace detail

CONVERGE_DECL boost::json::value json_traits<quantity>::encode(quantity const& from)
{
    return boost::json::string{from.str()};
}

CONVERGE_DECL bool json_traits<quantity>::decode(boost::json::value const& from, quantity& to,
                                                 decode_context& context)
{
    std::string text;
    if (auto const* string = from.if_string())
        text.assign(string->data(), string->size());
    else if (auto const* number = from.if_double())
        text = detail::without_exponent(*number);
    else if (from.is_number())
        text = boost::json::serialize(from);
    else
        return context.refuse(from, "a quantity (\"500m\", \"4Gi\")");
    auto const parsed = quantity::parse(text);
    if (!parsed)
        return context.refuse(parsed.error().message);
    to = *parsed;
    return true;
}

} // namespace converge
