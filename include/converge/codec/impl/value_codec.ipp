// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/value_codec.hpp>

#include <converge/codec/decode_context.hpp>
#include <converge/codec/detail/near_miss.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace converge::detail {

CONVERGE_DECL struct_codec struct_codec_from(member_codec const* members, std::size_t count,
                                             void const* base, bool omits_zero)
{
    return {{members, count}, {}, base, omits_zero};
}

[[nodiscard]] inline void const* at_offset(void const* owner, std::size_t offset)
{
    return static_cast<unsigned char const*>(owner) + offset;
}

[[nodiscard]] inline void* at_offset(void* owner, std::size_t offset)
{
    return static_cast<unsigned char*>(owner) + offset;
}

[[nodiscard]] inline bool is_omitted(struct_codec const& of, value_codec const& type,
                                     void const* value, void const* base)
{
    bool const can_be_empty = type.omitted == omission::when_empty ||
                              (type.omitted == omission::when_zero && of.omits_zero);
    return can_be_empty && type.empty(value) && type.empty(base);
}

CONVERGE_DECL void encode_members(struct_codec const& of, void const* value, void const* base,
                                  boost::json::object& into)
{
    for (auto const& member : of.members) {
        auto const& type = *member.type;
        auto const* const value_member = at_offset(value, member.offset);
        auto const* const base_member = at_offset(base, member.offset);
        if (is_omitted(of, type, value_member, base_member))
            continue;
        auto encoded = type.encode(value_member, base_member);
        if (type.omitted == omission::when_blank && encoded.get_object().empty())
            continue;
        into.emplace(member.name, std::move(encoded));
    }
}

CONVERGE_DECL boost::json::value encode_struct(struct_codec const& of, void const* value,
                                               void const* base)
{
    boost::json::object document;
    encode_members(of, value, base, document);
    return document;
}

[[nodiscard]] inline bool has_member(struct_codec const& of, std::string_view name)
{
    for (auto const& member : of.members)
        if (member.name == name)
            return true;
    for (auto const foreign : of.foreign)
        if (foreign == name)
            return true;
    return false;
}

[[nodiscard]] inline std::string_view meant_by(std::string_view name, struct_codec const& of)
{
    near_miss meant{name};
    for (auto const& member : of.members)
        meant.consider(member.name);
    for (auto const foreign : of.foreign)
        meant.consider(foreign);
    return meant.best();
}

inline void note_unknown_members(struct_codec const& of, boost::json::object const& document,
                                 decode_context& context)
{
    for (auto const& given : document) {
        std::string_view const name{given.key().data(), given.key().size()};
        if (has_member(of, name))
            continue;
        // The search costs far more than the field itself.
        context.note_unknown(name, context.lists_unknown() ? meant_by(name, of) : "");
    }
}

CONVERGE_DECL bool decode_struct(struct_codec const& of, boost::json::value const& from, void* to,
                                 decode_context& context)
{
    auto const* const document = from.if_object();
    if (document == nullptr)
        return context.refuse(from, "an object");
    if (context.notices_unknown())
        note_unknown_members(of, *document, context);
    for (auto const& member : of.members) {
        auto const* const given = document->if_contains(member.name);
        if (given == nullptr || (given->is_null() && !member.type->nullable))
            continue;
        context.enter_member(member.name);
        if (!member.type->decode(*given, at_offset(to, member.offset), context))
            return false;
        context.leave();
    }
    return true;
}

CONVERGE_DECL bool equal_structs(struct_codec const& of, void const* left, void const* right)
{
    for (auto const& member : of.members)
        if (!member.type->equal(at_offset(left, member.offset), at_offset(right, member.offset)))
            return false;
    return true;
}

} // namespace converge::detail
