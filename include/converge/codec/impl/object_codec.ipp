// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/object_codec.hpp>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace converge::detail {

[[nodiscard]] inline bool expect_type_member(boost::json::object const& document,
                                             std::string_view name, std::string_view expected,
                                             decode_context& context)
{
    auto const* const given = document.if_contains(name);
    if (given == nullptr || given->is_null() || *given == boost::json::string{expected})
        return true;
    context.enter_member(name);
    return context.refuse(*given, '"' + std::string{expected} + '"');
}

CONVERGE_DECL bool expect_kind(boost::json::value const& from, kind_name const& kind,
                               decode_context& context)
{
    auto const* const document = from.if_object();
    if (document == nullptr)
        return context.refuse(from, "an object of kind " + std::string{kind.kind});
    return expect_type_member(*document, "apiVersion", kind.api_version, context) &&
           expect_type_member(*document, "kind", kind.kind, context);
}

CONVERGE_DECL boost::json::value encode_object(kind_name const& kind, struct_codec const& of,
                                               void const* value)
{
    boost::json::object document;
    document.emplace("apiVersion", boost::json::string{kind.api_version});
    document.emplace("kind", boost::json::string{kind.kind});
    encode_members(of, value, of.base, document);
    return document;
}

CONVERGE_DECL struct_codec object_codec_from(std::vector<member_codec> const& members,
                                             void const* base)
{
    static constexpr std::array<std::string_view, 2> type_members{"apiVersion", "kind"};
    return {members, type_members, base, false};
}

CONVERGE_DECL void add_member(std::vector<member_codec>& to, member_codec added)
{
    to.push_back(added);
}

CONVERGE_DECL void add_members(std::vector<member_codec>& to, struct_codec const& of,
                               std::size_t offset)
{
    for (auto member : of.members) {
        member.offset += offset;
        to.push_back(member);
    }
}

} // namespace converge::detail
