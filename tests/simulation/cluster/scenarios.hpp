// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulation/cluster/autoscaler.hpp"
#include "simulation/cluster/deployment.hpp"
#include "simulation/cluster/dns.hpp"
#include "simulation/cluster/machine_provisioner.hpp"
#include "simulation/cluster/node_agent.hpp"
#include "simulation/cluster/replica_set.hpp"
#include "simulation/cluster/scheduler.hpp"
#include "simulation/cluster/whole_cluster.hpp"

#include <vector>

namespace cluster_simulation {

/// All of them, the whole cluster first.
[[nodiscard]] inline std::vector<scenario> cluster_scenarios()
{
    return {whole_cluster(),
            deployment_rolls_out(),
            deployment_changes_size(),
            replica_set_changes_size(),
            scheduler_places_pods(),
            autoscaler_meets_need(),
            provisioner_makes_machines(),
            agent_runs_pods(),
            dns_names_things()};
}

} // namespace cluster_simulation
