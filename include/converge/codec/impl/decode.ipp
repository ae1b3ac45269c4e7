// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode.hpp>

#include <optional>

namespace converge::detail {

CONVERGE_DECL std::optional<failure> decode_value(value_codec const& type,
                                                  boost::json::value const& from, void* to,
                                                  decode_options options)
{
    decode_context context{options.strict};
    if (!type.decode(from, to, context))
        return context.reason();
    if (!context.unknown().empty())
        return context.unknown_reason();
    return std::nullopt;
}

} // namespace converge::detail
