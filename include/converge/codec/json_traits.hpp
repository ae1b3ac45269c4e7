// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode_context.hpp>
#include <converge/codec/detail/number.hpp>
#include <converge/codec/fwd.hpp>
#include <converge/core/detail/config.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace converge {

/// How a type looks in JSON. Described structs and enumerations have theirs by rule (see
/// described_traits.hpp); specialise it for a type that needs another form:
///
///     template <>
///     struct converge::json_traits<colour> {
///         static boost::json::value encode(colour const& from) { return {from.hex()}; }
///         static bool decode(boost::json::value const& from, colour& to,
///                            converge::decode_context& context)
///         {
///             auto const* text = from.if_string();
///             return (text && to.parse(*text)) || context.refuse(from, "a colour (\"#ff8000\")");
///         }
///     };
///
/// `decode` returns whether it succeeded; after a failure `to` may hold anything. Optional
/// members: `static bool is_empty(T const&)`, when the value may be left out of its struct;
/// `static bool is_zero(T const&)`, when it may be left out of a struct that omits zeros;
/// `static constexpr bool nullable = true`, if JSON null is a value of the type rather than a
/// missing member. Without `operator==` values are compared by their JSON.
template <class T>
struct json_traits;

/// There is a rule or a specialisation for `T`.
template <class T>
concept encodable =
    requires(T const& from, T& to, boost::json::value const& json, decode_context& context) {
        { json_traits<T>::encode(from) } -> std::convertible_to<boost::json::value>;
        { json_traits<T>::decode(json, to, context) } -> std::same_as<bool>;
    };

/// JSON null is a value of `T`.
template <class T>
concept nullable = requires { requires json_traits<T>::nullable; };

template <>
struct json_traits<bool> {
    CONVERGE_DECL static boost::json::value encode(bool from);
    static bool is_zero(bool value) { return !value; }
    CONVERGE_DECL static bool decode(boost::json::value const& from, bool& to,
                                     decode_context& context);
};

namespace detail {

template <class T>
concept character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

} // namespace detail

/// Exact over the whole range of the type; `3.0` is read as 3.
template <std::integral T>
    requires(!detail::character<T>)
struct json_traits<T> {
    static bool is_zero(T value) { return value == 0; }
    static boost::json::value encode(T from)
    {
        if constexpr (std::is_signed_v<T>)
            return static_cast<std::int64_t>(from);
        else
            return detail::encode_unsigned(from);
    }
    static bool decode(boost::json::value const& from, T& to, decode_context& context)
    {
        using limits = std::numeric_limits<T>;
        std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t> wide{};
        bool decoded = false;
        if constexpr (std::is_signed_v<T>)
            decoded = detail::decode_signed(from, limits::min(), limits::max(), wide, context);
        else
            decoded = detail::decode_unsigned(from, limits::max(), wide, context);
        to = static_cast<T>(wide);
        return decoded;
    }
};

/// JSON has no infinity and no NaN: they are written as null, that is, as missing. Where nothing
/// can be missing, in an array, null is read as NaN.
template <>
struct json_traits<double> {
    static bool is_zero(double value) { return value == 0; }
    CONVERGE_DECL static boost::json::value encode(double from);
    CONVERGE_DECL static bool decode(boost::json::value const& from, double& to,
                                     decode_context& context);
};

template <>
struct json_traits<std::string> {
    CONVERGE_DECL static boost::json::value encode(std::string const& from);
    static bool is_empty(std::string const& value) { return value.empty(); }
    CONVERGE_DECL static bool decode(boost::json::value const& from, std::string& to,
                                     decode_context& context);
};

/// Free-form JSON, kept as it is.
template <>
struct json_traits<boost::json::value> {
    static constexpr bool nullable = true;
    CONVERGE_DECL static boost::json::value encode(boost::json::value const& from);
    static bool is_empty(boost::json::value const& value) { return value.is_null(); }
    CONVERGE_DECL static bool decode(boost::json::value const& from, boost::json::value& to,
                                     decode_context&);
};

/// Null and a missing member are `nullopt`.
template <class T>
struct json_traits<std::optional<T>> {
    static_assert(!converge::nullable<T>, "null would have two meanings");

    static constexpr bool nullable = true;
    static bool is_empty(std::optional<T> const& value) { return !value.has_value(); }
    static boost::json::value encode(std::optional<T> const& from)
    {
        return from ? json_traits<T>::encode(*from) : boost::json::value(nullptr);
    }
    static bool decode(boost::json::value const& from, std::optional<T>& to,
                       decode_context& context)
    {
        to.reset();
        return from.is_null() || json_traits<T>::decode(from, to.emplace(), context);
    }
};

template <class T>
struct json_traits<std::vector<T>> {
    static bool is_empty(std::vector<T> const& value) { return value.empty(); }
    static boost::json::value encode(std::vector<T> const& from)
    {
        boost::json::array array;
        array.reserve(from.size());
        for (auto const& element : from)
            array.push_back(json_traits<T>::encode(element));
        return array;
    }
    static bool decode(boost::json::value const& from, std::vector<T>& to, decode_context& context)
    {
        auto const* array = from.if_array();
        if (array == nullptr)
            return context.refuse(from, "an array");
        to.clear();
        to.reserve(array->size());
        for (std::size_t i = 0; i != array->size(); ++i) {
            context.enter_element(i);
            T element{};
            if (!json_traits<T>::decode((*array)[i], element, context))
                return false;
            to.push_back(std::move(element));
            context.leave();
        }
        return true;
    }
};

/// A JSON object with any names. A null stands for a missing entry.
template <class T>
struct json_traits<std::map<std::string, T>> {
    static bool is_empty(std::map<std::string, T> const& value) { return value.empty(); }
    static boost::json::value encode(std::map<std::string, T> const& from)
    {
        boost::json::object object;
        object.reserve(from.size());
        for (auto const& [name, value] : from)
            object.emplace(name, json_traits<T>::encode(value));
        return object;
    }
    static bool decode(boost::json::value const& from, std::map<std::string, T>& to,
                       decode_context& context)
    {
        auto const* object = from.if_object();
        if (object == nullptr)
            return context.refuse(from, "an object");
        to.clear();
        for (auto const& given : *object) {
            if (given.value().is_null() && !converge::nullable<T>)
                continue;
            std::string name{given.key().data(), given.key().size()};
            context.enter_member({given.key().data(), given.key().size()});
            T value{};
            if (!json_traits<T>::decode(given.value(), value, context))
                return false;
            to.insert_or_assign(std::move(name), std::move(value));
            context.leave();
        }
        return true;
    }
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/json_traits.ipp>
#endif
