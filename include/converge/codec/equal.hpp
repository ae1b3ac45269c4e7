// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/erased.hpp>
#include <converge/codec/known_traits.hpp>

namespace converge {

/// Compares member by member, through containers and optionals; described structs need no
/// `operator==`. Other types are compared by theirs, or else by their JSON.
/// @par Complexity  Linear in the size of the values. Thread-safe.
template <encodable T>
[[nodiscard]] bool equal(T const& left, T const& right)
{
    return detail::equal_values(left, right);
}

} // namespace converge
