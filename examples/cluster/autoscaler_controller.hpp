// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/autoscaler.hpp"
#include "scheduler/profile.hpp"

#include <converge/controller/controller.hpp>

namespace cluster {

/// Creates machines for pods that the scheduler could not place, as `autoscaling::decide` says,
/// and gives every such pod a verdict in the status of the Autoscaler, with the remedy.
///
/// All of it hangs on the one key `default`: so one pass at a time decides for all pods, and sees
/// every machine that the pass before it created. Machines are numbered, and a new one gets the
/// lowest number that is free, so that a request that was cut short, or comes late, and the pass
/// taken again ask for the same one; before one is created, everything is read anew from the api,
/// which the caches may be behind. A node that
/// fell silent is expected back for two minutes. A type of which a machine failed is left alone
/// for five minutes; then what failed is cleared away.
[[nodiscard]] converge::controller<autoscaler>
autoscaler_controller(scheduling::profile plugins = scheduling::least_allocated_profile());

} // namespace cluster
