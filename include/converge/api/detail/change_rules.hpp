// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/detail/write_rules.hpp>
#include <converge/api/request.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/codec/json_patch.hpp>
#include <converge/codec/merge_patch.hpp>
#include <converge/core/result.hpp>

#include <utility>

namespace converge::detail {

[[nodiscard]] inline result<draft_object> patched(request const& asked, any_object const& before)
{
    auto document = before.to_json();
    if (asked.format() == patch_format::merge) {
        merge_patch(document, asked.document());
    } else {
        auto changed = json_patch(document, asked.document());
        if (!changed)
            return changed.error();
        document = std::move(*changed);
    }
    auto decoded = asked.type().decode(document, decode_options{});
    if (!decoded)
        return decoded.error();
    return draft_object{asked.type(), std::move(*decoded)};
}

/// The object that an update or a patch proposes in the place of `before`, or why it may not.
[[nodiscard]] inline result<draft_object> proposed_by(request& asked, any_object const& before)
{
    bool const patches = asked.what() == verb::patch || asked.what() == verb::patch_status;
    auto proposed = patches ? patched(asked, before) : result<draft_object>{asked.body().copy()};
    if (!proposed)
        return proposed;
    auto const& meta = proposed->metadata();
    if (auto same = check_preconditions(before, meta.uid, meta.resource_version); !same)
        return same.error();
    if (auto kept = confine(asked.what(), before, *proposed); !kept)
        return kept.error();
    return proposed;
}

} // namespace converge::detail
