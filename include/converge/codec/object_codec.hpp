// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/erased.hpp>
#include <converge/codec/known_traits.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/kind_name.hpp>
#include <converge/model/object.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <vector>

namespace converge {

namespace detail {

/// Refuses a document that says to be of another kind.
[[nodiscard]] CONVERGE_DECL bool expect_kind(boost::json::value const& from, kind_name const& kind,
                                             decode_context& context);

[[nodiscard]] CONVERGE_DECL boost::json::value
encode_object(kind_name const& kind, struct_codec const& of, void const* value);

template <class Owner, class Member>
std::size_t offset_in(Owner const& owner, Member const& member)
{
    return static_cast<std::size_t>(reinterpret_cast<unsigned char const*>(&member) -
                                    reinterpret_cast<unsigned char const*>(&owner));
}

[[nodiscard]] CONVERGE_DECL struct_codec object_codec_from(std::vector<member_codec> const& members,
                                                           void const* base);

CONVERGE_DECL void add_member(std::vector<member_codec>& to, member_codec added);

/// Adds the members of a struct that stands at `offset` in its owner.
CONVERGE_DECL void add_members(std::vector<member_codec>& to, struct_codec const& of,
                               std::size_t offset);

/// The members of an object's document: those of `content` stand at its top.
template <class R>
struct object_table {
    object<R> base{};
    std::vector<member_codec> members{};
    struct_codec codec{};

    object_table()
    {
        add_member(members,
                   {"metadata", offset_in(base, base.metadata), &value_codec_of<object_meta>});
        if constexpr (has_spec<R>)
            add_member(members,
                       {"spec", offset_in(base, base.spec), &value_codec_of<typename R::spec>});
        if constexpr (has_status<R>)
            add_member(members, {"status", offset_in(base, base.status),
                                 &value_codec_of<typename R::status>});
        if constexpr (has_content<R>)
            add_members(members, struct_codec_of<typename R::content>(),
                        offset_in(base, base.content));
        codec = object_codec_from(members, &base);
    }
    object_table(object_table const&) = delete;
    object_table& operator=(object_table const&) = delete;
};

template <class R>
struct_codec const& object_codec_of()
{
    static object_table<R> const table;
    return table.codec;
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

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/object_codec.ipp>
#endif
