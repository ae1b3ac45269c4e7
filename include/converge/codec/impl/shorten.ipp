// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/shorten.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <utility>

namespace converge::detail {

CONVERGE_DECL std::string shorten(std::string text, std::size_t size_max)
{
    if (text.size() <= size_max)
        return text;
    auto end = size_max;
    while (end != 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u)
        --end;
    text.resize(end);
    return text + "...";
}

CONVERGE_DECL std::string shown(boost::json::value const& value)
{
    if (auto const* array = value.if_array())
        return "an array of " + std::to_string(array->size());
    if (auto const* object = value.if_object())
        return "an object with " + std::to_string(object->size()) + " members";
    return shorten(boost::json::serialize(value));
}

} // namespace converge::detail
