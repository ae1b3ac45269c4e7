// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace converge::detail {

/// Spreads hashes that are the number itself, as std::hash<int> is, over a whole table.
[[nodiscard]] constexpr std::uint32_t spread_hash(std::size_t hash) noexcept
{
    return static_cast<std::uint32_t>((std::uint64_t{hash} * 0x9e3779b97f4a7c15u) >> 32);
}

} // namespace converge::detail
