// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/resource_type.hpp>

#include <memory>
#include <string>
#include <utility>

namespace converge::detail {

CONVERGE_DECL result<std::shared_ptr<void>> decode_made(std::shared_ptr<void> made,
                                                        value_codec const& type,
                                                        boost::json::value const& document,
                                                        decode_options options)
{
    if (auto wrong = decode_value(type, document, made.get(), options))
        return *std::move(wrong);
    return made;
}

CONVERGE_DECL std::string collection_of(kind_name const& kind)
{
    auto const group = kind.group();
    return (group.empty() ? std::string{"core"} : std::string{group}) + "/" + kind.plural();
}

} // namespace converge::detail
