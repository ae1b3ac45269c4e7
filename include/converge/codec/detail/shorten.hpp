// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <string>

namespace converge::detail {

/// At most `size_max` bytes of `text` and an ellipsis, cut between UTF-8 characters.
[[nodiscard]] CONVERGE_DECL std::string shorten(std::string text, std::size_t size_max = 60);

/// `value` as an error message shows it: JSON text, shortened; containers only by their size,
/// for a document can be large and hold secrets.
[[nodiscard]] CONVERGE_DECL std::string shown(boost::json::value const& value);

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/shorten.ipp>
#endif
