// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>

namespace converge {

/// What `parse_json` accepts.
struct parse_options {
    /// Refuse an object that has a member twice; otherwise the last one counts.
    bool unique_members = false;
    /// In bytes; Kubernetes has the same limit for a request.
    std::size_t size_max = std::size_t{3} << 20;
    /// How deep arrays and objects may stand inside one another; at most 512.
    std::size_t depth_max = 64;
};

/// Reads one JSON text. Integers from -2^63 to 2^64-1 are exact, other numbers are the nearest
/// double.
/// @returns errc::too_large beyond `size_max`; errc::invalid with line, column (in bytes, from
///          1) and path for anything that is not JSON.
/// @par Complexity  Linear in the size of the text. Thread-safe.
[[nodiscard]] CONVERGE_DECL result<boost::json::value> parse_json(std::string_view text,
                                                                  parse_options options = {});

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/parse_json.ipp>
#endif
