// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/node_info.hpp"
#include "scheduler/pod_info.hpp"
#include "scheduler/spread_counts.hpp"

namespace scheduling {

/// Can, and should, this pod run on this node? Valid while its referents are.
struct placement_question {
    pod_info const& pod;
    node_info const& node;
    /// Of the whole cluster, for `pod`.
    spread_counts const& spread;
};

} // namespace scheduling
