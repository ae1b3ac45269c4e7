// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <boost/json/value.hpp>

namespace converge {

/// Changes `target` as RFC 7396 says: members of `patch` are merged into objects, null removes
/// a member, and anything that is not an object, arrays included, replaces what was there.
/// @par Complexity  Linear in the size of the patch. Recurses as deep as the patch is nested:
///                  take patches from `parse_json`, which limits that.
CONVERGE_DECL void merge_patch(boost::json::value& target, boost::json::value const& patch);

/// The same, on a copy.
[[nodiscard]] CONVERGE_DECL boost::json::value merge_patched(boost::json::value target,
                                                             boost::json::value const& patch);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/merge_patch.ipp>
#endif
