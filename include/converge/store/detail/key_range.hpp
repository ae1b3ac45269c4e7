// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace converge::detail {

/// Whether a query's `prefix` means one key: it is not empty and does not end with '/'.
[[nodiscard]] constexpr bool is_one_key(std::string_view prefix) noexcept
{
    return !prefix.empty() && prefix.back() != '/';
}

/// Whether a query for `prefix` is about `key`. Names end where the key does or at a '/', so
/// that asking for `webs/default/blog` never finds `webs/default/blog-2`.
[[nodiscard]] constexpr bool selects(std::string_view prefix, std::string_view key) noexcept
{
    return is_one_key(prefix) ? key == prefix : key.starts_with(prefix);
}

} // namespace converge::detail
