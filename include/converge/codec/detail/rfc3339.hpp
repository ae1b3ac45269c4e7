// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace converge::detail {

/// `2024-05-01T08:30:00Z`; six digits of fraction if the time is not a whole second.
[[nodiscard]] CONVERGE_DECL std::string to_rfc3339(timestamp at);

/// Any RFC 3339 time of the years 0000 to 9999, there and in UTC; leap seconds (`:60`) are refused.
[[nodiscard]] CONVERGE_DECL std::optional<timestamp> from_rfc3339(std::string_view text);

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/rfc3339.ipp>
#endif
