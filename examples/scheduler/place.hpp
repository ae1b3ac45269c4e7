// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/cluster_snapshot.hpp"
#include "scheduler/placement_report.hpp"
#include "scheduler/profile.hpp"

namespace scheduling {

/// Chooses a node for `pod`: of those that no filter refuses, the one with the highest weighted
/// sum of scores; of equals, the first by name. The same arguments give the same answer.
///
/// Changes nothing: `cluster_snapshot::assume` takes the room, before the next pod asks.
/// @par Complexity  Nodes times plugins; a pod with spread constraints adds the pods of all nodes.
[[nodiscard]] placement_report place(pod_info const& pod, cluster_snapshot const& cluster,
                                     profile const& plugins);

/// Everything that keeps `pod` off `node`, were it alone; the autoscaler asks this of nodes that
/// do not exist yet.
[[nodiscard]] obstacles obstacles_on(node_info const& node, pod_info const& pod,
                                     spread_counts const& spread, profile const& plugins);

} // namespace scheduling
