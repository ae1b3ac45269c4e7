// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/erased.hpp>
#include <converge/codec/known_traits.hpp>
#include <converge/core/kind_name.hpp>
#include <converge/model/object.hpp>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace converge {

namespace detail {

inline constexpr std::array<std::string_view, 2> type_members{"apiVersion", "kind"};

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

/// Refuses a document that says to be of another kind.
[[nodiscard]] inline bool expect_kind(boost::json::value const& from, kind_name const& kind,
                                      decode_context& context)
{
    auto const* const document = from.if_object();
    if (document == nullptr)
        return context.refuse(from, "an object of kind " + std::string{kind.kind});
    return expect_type_member(*document, "apiVersion", kind.api_version, context) &&
           expect_type_member(*document, "kind", kind.kind, context);
}

[[nodiscard]] inline boost::json::value encode_object(kind_name const& kind, struct_codec const& of,
                                                      void const* value)
{
    boost::json::object document;
    document.emplace("apiVersion", boost::json::string{kind.api_version});
    document.emplace("kind", boost::json::string{kind.kind});
    encode_members(of, value, of.base, document);
    return document;
}

template <class Owner, class Member>
std::size_t offset_in(Owner const& owner, Member const& member)
{
    return static_cast<std::size_t>(reinterpret_cast<unsigned char const*>(&member) -
                                    reinterpret_cast<unsigned char const*>(&owner));
}

/// The members of an object's document: those of `content` stand at its top.
template <class R>
struct object_table {
    object<R> base{};
    std::vector<member_codec> members{};

    object_table()
    {
        members.push_back(
            {"metadata", offset_in(base, base.metadata), &value_codec_of<object_meta>});
        if constexpr (has_spec<R>)
            members.push_back(
                {"spec", offset_in(base, base.spec), &value_codec_of<typename R::spec>});
        if constexpr (has_status<R>)
            members.push_back(
                {"status", offset_in(base, base.status), &value_codec_of<typename R::status>});
        if constexpr (has_content<R>) {
            auto const offset = offset_in(base, base.content);
            for (auto member : struct_codec_of<typename R::content>().members) {
                member.offset += offset;
                members.push_back(member);
            }
        }
    }
};

template <class R>
struct_codec const& object_codec_of()
{
    static object_table<R> const table;
    static struct_codec const codec{table.members, type_members, &table.base, false};
    return codec;
}

} // namespace detail

/// `{apiVersion, kind, metadata, spec, status}`, or the members of `content` beside the first
/// three. When read, `apiVersion` and `kind` may be missing; others than those of `R` are
/// refused.
template <class R>
struct json_traits<object<R>> {
    static constexpr bool described_struct = true;

    static detail::struct_codec const& codec() { return detail::object_codec_of<R>(); }
    static boost::json::value encode(object<R> const& from)
    {
        return detail::encode_object(R::kind, codec(), &from);
    }
    static bool decode(boost::json::value const& from, object<R>& to, decode_context& context)
    {
        return detail::expect_kind(from, R::kind, context) &&
               detail::decode_struct(codec(), from, &to, context);
    }
};

} // namespace converge
