// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace converge::detail {

/// Has the processor fetch a line of what is at an address, which will be used soon: saves waiting
/// for memory where there is more than the caches hold. Any address will do.
///
/// Functions that only call this must be inlined by force too: g++ 12 takes them for pure ones whose
/// result nobody wants, and drops the calls.
[[gnu::always_inline]] inline void prefetch_line(void const* what, std::size_t line = 0) noexcept
{
    // No pointer is added to: `what` may be null, or an object smaller than that.
    constexpr std::uintptr_t line_bytes = 64;
    auto const where = reinterpret_cast<std::uintptr_t>(what) + line * line_bytes;
    __builtin_prefetch(reinterpret_cast<void const*>(where));
}

/// The first bytes of an object.
template <class T>
[[gnu::always_inline]] inline void prefetch(T const* what) noexcept
{
    prefetch_line(what);
    if constexpr (sizeof(T) > 64)
        prefetch_line(what, 1);
}

} // namespace converge::detail
