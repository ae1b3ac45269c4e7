// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/rfc3339.hpp>
#include <converge/codec/json_traits.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/core/uid.hpp>

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace converge {

template <>
struct json_traits<uid> {
    static boost::json::value encode(uid const& from) { return boost::json::string{from.str()}; }
    static bool is_empty(uid const& value) { return value.empty(); }
    static bool decode(boost::json::value const& from, uid& to, decode_context& context)
    {
        std::string text;
        bool const decoded = json_traits<std::string>::decode(from, text, context);
        to = uid{std::move(text)};
        return decoded;
    }
};

/// A string of digits, for clients must not count with revisions; the empty string is zero.
template <>
struct json_traits<revision> {
    static boost::json::value encode(revision from) { return boost::json::string{to_string(from)}; }
    static bool is_empty(revision value) { return !value; }
    static bool decode(boost::json::value const& from, revision& to, decode_context& context)
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
};

/// RFC 3339 in UTC: `2024-05-01T08:30:00Z`, with six digits of fraction if there is one. Read
/// are any offset and any number of digits; microseconds are kept. Exact for the years 0 to
/// 9999, which is what the format has room for.
template <>
struct json_traits<timestamp> {
    static boost::json::value encode(timestamp from)
    {
        return boost::json::string{detail::to_rfc3339(from)};
    }
    static bool is_zero(timestamp value) { return value == timestamp{}; }
    static bool decode(boost::json::value const& from, timestamp& to, decode_context& context)
    {
        auto const* text = from.if_string();
        auto const read = text ? detail::from_rfc3339(std::string_view{*text}) : std::nullopt;
        to = read.value_or(timestamp{});
        return read || context.refuse(from, "an RFC 3339 time (\"2024-05-01T08:30:00Z\")");
    }
};

} // namespace converge
