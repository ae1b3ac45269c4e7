// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "scheduler/profile.hpp"

#include <converge/controller/controller.hpp>
#include <converge/core/time.hpp>

#include <chrono>

namespace cluster {

/// Binds each pod to a node, by `scheduling::place`, or says in its condition `PodScheduled` and
/// an event why none will do.
///
/// Room that it has given away counts as taken before the cache shows it. A pod that fits nowhere
/// is looked at again whenever a node or another pod changes; of those that wait, the one with the
/// highest priority gets the room, of equals the one that waits longest. A gated pod is left alone,
/// and its condition says so. While the agent of a full node has
/// not yet confirmed what was bound to it, the verdict waits up to `patience`: agents may refuse,
/// and a verdict costs a machine.
[[nodiscard]] converge::controller<pod>
scheduler_controller(scheduling::profile plugins = scheduling::least_allocated_profile(),
                     converge::duration patience = std::chrono::seconds{5});

} // namespace cluster
