// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/core_traits.hpp>

#include <converge/codec/detail/rfc3339.hpp>

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace converge {

CONVERGE_DECL boost::json::value json_traits<uid>::encode(uid const& from)
{
    return boost::json::string{from.str()};
}

CONVERGE_DECL bool json_traits<uid>::decode(boost::json::value const& from, uid& to,
                                            decode_context& context)
{
    std::string text;
    bool const decoded = json_traits<std::string>::decode(from, text, context);
    to = uid{std::move(text)};
    return decoded;
}

CONVERGE_DECL boost::json::value json_traits<revision>::encode(revision from)
{
    return boost::json::string{to_string(from)};
}

CONVERGE_DECL bool json_traits<revision>::decode(boost::json::value const& from, revision& to,
                                                 decode_context& context)
{
    auto const* text = from.if_string();
    std::uint64_t value = 0;
    bool decoded = text != nullptr;
    if (decoded && !text->empty()) {
        auto const* const end = text->data() + text->size();
        auto const read = std::from_chars(text->data(), end, value);
        decoded = read.ec == std::errc{} && read.ptr == end;
    }
    to = revision{value};
    return decoded || context.refuse(from, "a revision: a string of digits (\"1234\")");
}

CONVERGE_DECL boost::json::value json_traits<timestamp>::encode(timestamp from)
{
    return boost::json::string{detail::to_rfc3339(from)};
}

CONVERGE_DECL bool json_traits<timestamp>::decode(boost::json::value const& from, timestamp& to,
                                                  decode_context& context)
{
    auto const* text = from.if_string();
    auto const read = text ? detail::from_rfc3339(std::string_view{*text}) : std::nullopt;
    to = read.value_or(timestamp{});
    return read || context.refuse(from, "an RFC 3339 time (\"2024-05-01T08:30:00Z\")");
}

} // namespace converge
