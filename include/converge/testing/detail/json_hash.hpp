// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/hash.hpp>

#include <boost/json/value.hpp>

#include <bit>
#include <cstdint>
#include <string_view>

namespace converge::testing::detail {

/// A hash of a document, the order of its members included, the same from every compiler. A
/// serialised text would do as well, and takes three times as long.
[[nodiscard]] inline std::uint64_t hash_of_json(boost::json::value const& document)
{
    auto value = mixed(static_cast<std::uint64_t>(document.kind()));
    auto const add = [&value](std::uint64_t part) { value = mixed(value ^ part); };
    switch (document.kind()) {
    case boost::json::kind::null: break;
    case boost::json::kind::bool_: add(document.get_bool() ? 1 : 0); break;
    case boost::json::kind::int64: add(static_cast<std::uint64_t>(document.get_int64())); break;
    case boost::json::kind::uint64: add(document.get_uint64()); break;
    case boost::json::kind::double_:
        add(std::bit_cast<std::uint64_t>(document.get_double()));
        break;
    case boost::json::kind::string: add(hash_of(std::string_view{document.get_string()})); break;
    case boost::json::kind::array:
        for (auto const& item : document.get_array())
            add(hash_of_json(item));
        break;
    case boost::json::kind::object:
        for (auto const& member : document.get_object()) {
            add(hash_of(std::string_view{member.key()}));
            add(hash_of_json(member.value()));
        }
        break;
    }
    return value;
}

} // namespace converge::testing::detail
