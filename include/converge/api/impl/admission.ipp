// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/admission.hpp>

#include <utility>

namespace converge {

CONVERGE_DECL void admission::add(resource_type const& type, hook decide)
{
    hooks_[&type].push_back(std::move(decide));
}

CONVERGE_DECL result<void> admission::review(admission_review& asked) const
{
    auto const found = hooks_.find(&asked.proposed.type());
    if (found == hooks_.end())
        return {};
    for (auto const& decide : found->second)
        if (auto allowed = decide(asked); !allowed)
            return allowed;
    return {};
}

} // namespace converge
