// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/json_traits.hpp>

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <string>

namespace converge {

CONVERGE_DECL boost::json::value json_traits<bool>::encode(bool from) { return from; }

CONVERGE_DECL bool json_traits<bool>::decode(boost::json::value const& from, bool& to,
                                             decode_context& context)
{
    if (!from.is_bool())
        return context.refuse(from, "true or false");
    to = from.get_bool();
    return true;
}

CONVERGE_DECL boost::json::value json_traits<double>::encode(double from)
{
    return std::isfinite(from) ? boost::json::value(from) : boost::json::value(nullptr);
}

CONVERGE_DECL bool json_traits<double>::decode(boost::json::value const& from, double& to,
                                               decode_context& context)
{
    return detail::decode_double(from, to, context);
}

CONVERGE_DECL boost::json::value json_traits<std::string>::encode(std::string const& from)
{
    return boost::json::string{from};
}

CONVERGE_DECL bool json_traits<std::string>::decode(boost::json::value const& from, std::string& to,
                                                    decode_context& context)
{
    auto const* text = from.if_string();
    if (text == nullptr)
        return context.refuse(from, "a string");
    to.assign(text->data(), text->size());
    return true;
}

CONVERGE_DECL boost::json::value
json_traits<boost::json::value>::encode(boost::json::value const& from)
{
    return from;
}

CONVERGE_DECL bool json_traits<boost::json::value>::decode(boost::json::value const& from,
                                                           boost::json::value& to, decode_context&)
{
    to = from;
    return true;
}

} // namespace converge
