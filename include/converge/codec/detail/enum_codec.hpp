// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode_context.hpp>
#include <converge/codec/wire_name.hpp>
#include <converge/core/detail/config.hpp>

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <span>

namespace converge::detail {

struct enumerator_codec {
    std::int64_t value;
    wire_name_text name;
};

[[nodiscard]] CONVERGE_DECL boost::json::value
encode_enumerator(std::span<enumerator_codec const> enumerators, std::int64_t value);

[[nodiscard]] CONVERGE_DECL bool decode_enumerator(std::span<enumerator_codec const> enumerators,
                                                   boost::json::value const& from,
                                                   std::int64_t& value, decode_context& context);

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/enum_codec.ipp>
#endif
