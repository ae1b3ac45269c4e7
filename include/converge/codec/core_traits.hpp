// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/json_traits.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/core/uid.hpp>

#include <boost/json/value.hpp>

namespace converge {

template <>
struct json_traits<uid> {
    CONVERGE_DECL static boost::json::value encode(uid const& from);
    static bool is_empty(uid const& value) { return value.empty(); }
    CONVERGE_DECL static bool decode(boost::json::value const& from, uid& to,
                                     decode_context& context);
};

/// A string of digits, for clients must not count with revisions; the empty string is zero.
template <>
struct json_traits<revision> {
    CONVERGE_DECL static boost::json::value encode(revision from);
    static bool is_empty(revision value) { return !value; }
    CONVERGE_DECL static bool decode(boost::json::value const& from, revision& to,
                                     decode_context& context);
};

/// RFC 3339 in UTC: `2024-05-01T08:30:00Z`, with six digits of fraction if there is one. Read
/// are any offset and any number of digits; microseconds are kept. Exact for the years 0 to
/// 9999, which is what the format has room for.
template <>
struct json_traits<timestamp> {
    CONVERGE_DECL static boost::json::value encode(timestamp from);
    static bool is_zero(timestamp value) { return value == timestamp{}; }
    CONVERGE_DECL static bool decode(boost::json::value const& from, timestamp& to,
                                     decode_context& context);
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/core_traits.ipp>
#endif
