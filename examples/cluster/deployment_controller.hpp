// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/deployment.hpp"
#include "resources/replica_set.hpp"

#include <converge/controller/controller.hpp>

namespace cluster {

/// Keeps one ReplicaSet for the newest template of a Deployment, moves the replicas to it within
/// the bounds of the strategy, and sums up in the status what the ReplicaSets report.
[[nodiscard]] converge::controller<deployment> deployment_controller();

} // namespace cluster
