// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/write_log.hpp>

#include <algorithm>

namespace converge {

CONVERGE_DECL void write_log::wrote(resource_type const& type, revision at)
{
    auto& newest = newest_[&type];
    newest = std::max(newest, at);
}

} // namespace converge
