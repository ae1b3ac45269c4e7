// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/write_log.hpp>

#include <algorithm>

namespace converge {

CONVERGE_DECL void write_log::wrote(verb what, any_object const& object, revision at)
{
    notes_.push_back({what, object, at});
    auto const* const type = &object.type();
    auto const known = std::find_if(kinds_.begin(), kinds_.end(),
                                    [type](range const& each) { return each.type == type; });
    if (known == kinds_.end()) {
        kinds_.push_back({type, at, at});
        return;
    }
    known->oldest = std::min(known->oldest, at);
    known->newest = std::max(known->newest, at);
}

} // namespace converge
