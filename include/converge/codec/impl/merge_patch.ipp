// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/merge_patch.hpp>

#include <boost/json/object.hpp>

namespace converge {

CONVERGE_DECL void merge_patch(boost::json::value& target, boost::json::value const& patch)
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

CONVERGE_DECL boost::json::value merge_patched(boost::json::value target,
                                               boost::json::value const& patch)
{
    merge_patch(target, patch);
    return target;
}

} // namespace converge
