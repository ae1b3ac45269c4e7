// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/machine_provider.hpp"
#include "resources/machine.hpp"

#include <converge/controller/controller.hpp>

namespace cluster {

/// Makes the machine that each Machine object asks for, by its name as the token, and says in the
/// status how far it is. A Machine that is removed takes its machine with it; so does one that
/// does not become a ready node within `provisionTimeoutSeconds` of the Autoscaler: it has failed.
/// One whose MachineType is not there waits for it.
/// @par Lifetime  `provider` must outlive the control plane.
[[nodiscard]] converge::controller<machine> machine_provisioner(machine_provider& provider);

} // namespace cluster
