// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/value_codec.hpp>
#include <converge/codec/json_traits.hpp>

#include <boost/json/value.hpp>

#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace converge::detail {

template <class T>
concept encoded_as_struct = requires { requires json_traits<T>::described_struct; };

template <class T>
bool equal_values(T const& left, T const& right);

template <class T>
bool equal_contents(std::optional<T> const& left, std::optional<T> const& right)
{
    return left && right ? equal_values(*left, *right) : left.has_value() == right.has_value();
}

template <class T>
bool equal_contents(std::vector<T> const& left, std::vector<T> const& right)
{
    if (left.size() != right.size())
        return false;
    for (std::size_t i = 0; i != left.size(); ++i)
        if (!equal_values<T>(left[i], right[i]))
            return false;
    return true;
}

template <class T>
bool equal_contents(std::map<std::string, T> const& left, std::map<std::string, T> const& right)
{
    if (left.size() != right.size())
        return false;
    auto other = right.begin();
    for (auto const& [name, value] : left) {
        if (name != other->first || !equal_values(value, other->second))
            return false;
        ++other;
    }
    return true;
}

template <class T>
bool equal_values(T const& left, T const& right)
{
    if constexpr (encoded_as_struct<T>)
        return equal_structs(json_traits<T>::codec(), &left, &right);
    else if constexpr (requires { equal_contents(left, right); })
        return equal_contents(left, right);
    else if constexpr (std::floating_point<T>)
        // What was not-a-number and still is has not changed.
        return left == right || (left != left && right != right);
    else if constexpr (std::equality_comparable<T>)
        return left == right;
    else
        return json_traits<T>::encode(left) == json_traits<T>::encode(right);
}

/// What a `value_codec` calls. Defined outside of the class, so that `extern template` works.
template <class T>
struct erased {
    static boost::json::value encode(void const* value, void const* base);
    static bool decode(boost::json::value const& from, void* to, decode_context& context);
    static bool equal(void const* left, void const* right);
    static bool empty(void const* value);
};

template <class T>
boost::json::value erased<T>::encode(void const* value, [[maybe_unused]] void const* base)
{
    if constexpr (encoded_as_struct<T>)
        return encode_struct(json_traits<T>::codec(), value, base);
    else
        return json_traits<T>::encode(*static_cast<T const*>(value));
}

template <class T>
bool erased<T>::decode(boost::json::value const& from, void* to, decode_context& context)
{
    return json_traits<T>::decode(from, *static_cast<T*>(to), context);
}

template <class T>
bool erased<T>::equal(void const* left, void const* right)
{
    return equal_values(*static_cast<T const*>(left), *static_cast<T const*>(right));
}

template <class T>
bool erased<T>::empty([[maybe_unused]] void const* value)
{
    if constexpr (requires(T const& of) { json_traits<T>::is_empty(of); })
        return json_traits<T>::is_empty(*static_cast<T const*>(value));
    else if constexpr (requires(T const& of) { json_traits<T>::is_zero(of); })
        return json_traits<T>::is_zero(*static_cast<T const*>(value));
    else
        return false;
}

template <class T>
constexpr omission omission_of()
{
    if (encoded_as_struct<T>)
        return omission::when_blank;
    if (requires(T const& of) { json_traits<T>::is_empty(of); })
        return omission::when_empty;
    if (requires(T const& of) { json_traits<T>::is_zero(of); })
        return omission::when_zero;
    return omission::never;
}

template <class T>
inline constexpr value_codec value_codec_of{
    &erased<T>::encode, &erased<T>::decode, &erased<T>::equal,
    &erased<T>::empty,  omission_of<T>(),   nullable<T>,
};

} // namespace converge::detail
