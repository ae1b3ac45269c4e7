// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/enum_codec.hpp>
#include <converge/codec/detail/erased.hpp>
#include <converge/codec/json_traits.hpp>
#include <converge/codec/wire_name.hpp>

#include <boost/describe/bases.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace converge {

namespace detail {

template <class T>
concept described_struct = std::is_class_v<T> && std::default_initializable<T> &&
                           boost::describe::has_describe_members<T>::value;

template <class T>
concept described_enum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
using own_members = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class T>
using own_bases = boost::describe::describe_bases<T, boost::describe::mod_public>;

template <class T>
constexpr std::size_t member_count();

template <template <class...> class List, class... Base>
constexpr std::size_t member_count_of(List<Base...>*)
{
    return (std::size_t{0} + ... + member_count<typename Base::type>());
}

template <class T>
constexpr std::size_t member_count()
{
    return boost::mp11::mp_size<own_members<T>>::value +
           member_count_of(static_cast<own_bases<T>*>(nullptr));
}

/// The wire name of one described member, in static storage.
template <class T, class Member>
inline constexpr wire_name_text wire_name_of = member_wire_name<T>(Member::name);

template <class M, class T>
constexpr value_codec const* codec_of_member(M T::*)
{
    static_assert(encodable<M>, "describe the member's type with BOOST_DESCRIBE_STRUCT or "
                                "BOOST_DESCRIBE_ENUM, or specialise converge::json_traits for it");
    return &value_codec_of<M>;
}

template <class Owner, template <class...> class List, class... Base>
void list_base_members(Owner const& base, member_codec*& into, List<Base...>*);

/// Appends what `T` itself declares; `Owner` is `T` or derived from it.
template <class T, class Owner, template <class...> class List, class... Member>
void list_own_members(Owner const& base, member_codec*& into, List<Member...>*)
{
    auto const* const start = reinterpret_cast<unsigned char const*>(&base);
    ((*into++ = {wire_name_of<T, Member>,
                 static_cast<std::size_t>(
                     reinterpret_cast<unsigned char const*>(&(base.*Member::pointer)) - start),
                 codec_of_member(Member::pointer)}),
     ...);
}

/// Appends the members of `T`, which is `Owner` or one of its bases.
template <class T, class Owner>
void list_members(Owner const& base, member_codec*& into)
{
    list_base_members(base, into, static_cast<own_bases<T>*>(nullptr));
    list_own_members<T>(base, into, static_cast<own_members<T>*>(nullptr));
}

template <class Owner, template <class...> class List, class... Base>
void list_base_members([[maybe_unused]] Owner const& base, [[maybe_unused]] member_codec*& into,
                       List<Base...>*)
{
    (list_members<typename Base::type>(base, into), ...);
}

/// The members of `T` and a default-constructed `T`, made once and never changed.
template <class T>
struct described_table {
    T base{};
    // One more, since a struct may have none.
    member_codec members[member_count<T>() + 1]{};
    struct_codec codec = struct_codec_from(members, member_count<T>(), &base, omits_zero<T>);

    described_table()
    {
        auto* into = members;
        list_members<T>(base, into);
    }
    described_table(described_table const&) = delete;
    described_table& operator=(described_table const&) = delete;
};

/// The codec of `T`; what `CONVERGE_EXTERN_CODEC` keeps from being instantiated again.
template <class T>
struct_codec const& struct_codec_of()
{
    static described_table<T> const table;
    return table.codec;
}

template <class E>
[[nodiscard]] std::span<enumerator_codec const> enumerators_of()
{
    static constexpr auto table =
        []<template <class...> class List, class... Enumerator>(List<Enumerator...>*) {
            return std::array<enumerator_codec, sizeof...(Enumerator)>{
                enumerator_codec{static_cast<std::int64_t>(Enumerator::value),
                                 enumerator_wire_name<E>(Enumerator::name)}...};
        }(static_cast<boost::describe::describe_enumerators<E>*>(nullptr));
    return table;
}

} // namespace detail

/// A described struct is a JSON object of its public members, those of described bases first,
/// under their wire names. Written is every number and boolean, and every other member that is
/// not empty or whose default is not empty; read are the members that are there, the others
/// keep their default member initialisers. So reading what was written gives the same value.
template <detail::described_struct T>
struct json_traits<T> {
    static constexpr bool described_struct = true;

    static detail::struct_codec const& codec() { return detail::struct_codec_of<T>(); }
    static boost::json::value encode(T const& from)
    {
        return detail::encode_struct(codec(), &from, codec().base);
    }
    static bool decode(boost::json::value const& from, T& to, decode_context& context)
    {
        return detail::decode_struct(codec(), from, &to, context);
    }
};

/// A described enumeration is a JSON string: the enumerator in PascalCase. A value that is no
/// enumerator is written as its number, and refused when read.
template <detail::described_enum E>
struct json_traits<E> {
    static boost::json::value encode(E from)
    {
        return detail::encode_enumerator(detail::enumerators_of<E>(),
                                         static_cast<std::int64_t>(from));
    }
    static bool decode(boost::json::value const& from, E& to, decode_context& context)
    {
        std::int64_t value = 0;
        bool const decoded =
            detail::decode_enumerator(detail::enumerators_of<E>(), from, value, context);
        to = static_cast<E>(value);
        return decoded;
    }
};

} // namespace converge
