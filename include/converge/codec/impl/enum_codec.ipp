// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/enum_codec.hpp>

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace converge::detail {

CONVERGE_DECL boost::json::value encode_enumerator(std::span<enumerator_codec const> enumerators,
                                                   std::int64_t value)
{
    for (auto const& enumerator : enumerators)
        if (enumerator.value == value)
            return boost::json::string{std::string_view{enumerator.name}};
    return value;
}

CONVERGE_DECL bool decode_enumerator(std::span<enumerator_codec const> enumerators,
                                     boost::json::value const& from, std::int64_t& value,
                                     decode_context& context)
{
    std::string expected;
    for (auto const& enumerator : enumerators) {
        std::string_view const name = enumerator.name;
        if (from.is_string() && std::string_view{from.get_string()} == name) {
            value = enumerator.value;
            return true;
        }
        expected += (expected.empty() ? "one of \"" : ", \"") + std::string{name} + '"';
    }
    return context.refuse(from, expected);
}

} // namespace converge::detail
