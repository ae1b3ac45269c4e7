// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>

#include <boost/json/value.hpp>

#include <cstddef>

namespace converge {

/// What `json_patch` accepts.
struct json_patch_limits {
    std::size_t operations_max = 10'000;
    /// How much all `copy` operations together may add, about in bytes: copies of copies grow
    /// without bound otherwise.
    std::size_t copied_max = std::size_t{3} << 20;
};

/// `document`, changed by the operations of `patch` as RFC 6902 says: add, remove, replace,
/// move, copy, test. All operations succeed or there is no result.
/// @returns errc::invalid, with the operation's index and its JSON pointer as path, for an
///          operation that is not well-formed, has no target, or is a `test` that fails;
///          errc::too_large beyond a limit, or if the document became deeper than
///          `limits::document_depth`.
/// @par Complexity  Each operation is linear in what it adds, moves or copies, and an array
///                  insertion or removal in the length of the array.
[[nodiscard]] CONVERGE_DECL result<boost::json::value> json_patch(boost::json::value document,
                                                                  boost::json::value const& patch,
                                                                  json_patch_limits limits = {});

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/json_patch.ipp>
#endif
