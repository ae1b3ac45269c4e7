// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string_view>

namespace converge::testing::detail {

/// FNV-1a, because std::hash differs from library to library.
[[nodiscard]] constexpr std::uint64_t hash_of(std::string_view text) noexcept
{
    std::uint64_t value = 0xcbf29ce484222325u;
    for (char const c : text)
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return value;
}

/// Every bit of the result hangs on every bit of `value` (the finisher of splitmix64).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) noexcept
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

} // namespace converge::testing::detail
