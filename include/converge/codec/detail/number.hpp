// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode_context.hpp>
#include <converge/core/detail/config.hpp>

#include <boost/json/value.hpp>

#include <cstdint>

namespace converge::detail {

[[nodiscard]] CONVERGE_DECL bool decode_signed(boost::json::value const& from, std::int64_t min,
                                               std::int64_t max, std::int64_t& to,
                                               decode_context& context);

[[nodiscard]] CONVERGE_DECL bool decode_unsigned(boost::json::value const& from, std::uint64_t max,
                                                 std::uint64_t& to, decode_context& context);

/// As a JSON parser would hold the number: unsigned only where signed does not reach.
[[nodiscard]] CONVERGE_DECL boost::json::value encode_unsigned(std::uint64_t value);

[[nodiscard]] CONVERGE_DECL bool decode_double(boost::json::value const& from, double& to,
                                               decode_context& context);

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/number.ipp>
#endif
