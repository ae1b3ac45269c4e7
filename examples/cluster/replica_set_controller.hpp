// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/pod.hpp"
#include "resources/replica_set.hpp"

#include <converge/controller/controller.hpp>

namespace cluster {

/// Keeps as many pods of a ReplicaSet as it asks for.
///
/// Pods are named `<set>-0`, `<set>-1`, …: creating one that a request which outlived a crash has
/// created already is then refused by its name, and never makes one too many. A pod of such a name
/// that belongs to nobody of ours is left alone; the event `NameTaken` tells of it.
[[nodiscard]] converge::controller<replica_set> replica_set_controller();

} // namespace cluster
