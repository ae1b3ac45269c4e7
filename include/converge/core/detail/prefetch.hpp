// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace converge::detail {

/// Has the processor fetch the line at an address, which will be used soon: saves waiting for memory
/// where there is more than the caches hold. Any address will do.
///
/// Functions that only call this must be inlined by force too: g++ 12 takes them for pure ones whose
/// result nobody wants, and drops the calls.
[[gnu::always_inline]] inline void prefetch_line(void const* where) noexcept
{
    __builtin_prefetch(where);
}

/// The first bytes of an object. Null is fine.
template <class T>
[[gnu::always_inline]] inline void prefetch(T const* what) noexcept
{
    constexpr std::size_t line = 64;
    auto const* const first = reinterpret_cast<char const*>(what);
    prefetch_line(first);
    if constexpr (sizeof(T) > line)
        prefetch_line(first + line);
}

} // namespace converge::detail
