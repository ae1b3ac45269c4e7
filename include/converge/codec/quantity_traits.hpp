// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/shorten.hpp>
#include <converge/codec/json_traits.hpp>
#include <converge/model/quantity.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace converge {

/// Written as a string in canonical form (`"500m"`); a JSON number is read as well.
template <>
struct json_traits<quantity> {
    static boost::json::value encode(quantity const& from)
    {
        return boost::json::string{from.str()};
    }
    static bool is_zero(quantity const& value) { return value.is_zero(); }
    static bool decode(boost::json::value const& from, quantity& to, decode_context& context)
    {
        std::string text;
        if (auto const* string = from.if_string())
            text.assign(string->data(), string->size());
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
};

} // namespace converge
