// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace converge {

/// Changes `target` as RFC 7396 says: members of `patch` are merged into objects, null removes
/// a member, and anything that is not an object, arrays included, replaces what was there.
/// @par Complexity  Linear in the size of the patch. Recurses as deep as the patch is nested:
///                  take patches from `parse_json`, which limits that.
inline void merge_patch(boost::json::value& target, boost::json::value const& patch)
{
    auto const* const changes = patch.if_object();
    if (changes == nullptr) {
        target = patch;
        return;
    }
    if (!target.is_object())
        target.emplace_object();
    auto& object = target.get_object();
    for (auto const& change : *changes) {
        if (!change.value().is_null()) {
            merge_patch(object[change.key()], change.value());
            continue;
        }
        if (auto const member = object.find(change.key()); member != object.end())
            object.stable_erase(member);
    }
}

/// The same, on a copy.
[[nodiscard]] inline boost::json::value merge_patched(boost::json::value target,
                                                      boost::json::value const& patch)
{
    merge_patch(target, patch);
    return target;
}

} // namespace converge
