// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/known_traits.hpp>

#include <boost/json/value.hpp>

namespace converge {

/// `from` as JSON. Decoding the result gives an equal value; the exceptions are those that
/// JSON itself makes (NaN and infinity, times beyond the year 9999).
/// @par Complexity  Linear in the size of the value. Thread-safe.
template <encodable T>
[[nodiscard]] boost::json::value encode(T const& from)
{
    return json_traits<T>::encode(from);
}

} // namespace converge
