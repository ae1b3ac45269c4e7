// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace converge::detail {

/// Has the processor fetch the first bytes of an object that will be used soon, which saves waiting
/// for memory where there are more than the caches hold. Null is fine.
template <class T>
inline void prefetch(T const* what) noexcept
{
    if (what == nullptr)
        return;
    constexpr std::size_t line = 64;
    auto const* const first = reinterpret_cast<char const*>(what);
    __builtin_prefetch(first);
    if constexpr (sizeof(T) > line)
        __builtin_prefetch(first + line);
}

} // namespace converge::detail
