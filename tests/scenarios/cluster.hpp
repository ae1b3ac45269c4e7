// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/simulation.hpp>

#include <vector>

namespace cluster_simulation {

using converge::testing::scenario;

/// The story: a deployment of three, one machine with room for two, and another that is made.
[[nodiscard]] scenario whole_cluster();

/// A deployment whose image changes, and changes back.
[[nodiscard]] scenario deployment_rolls_out();

/// A deployment whose size changes: how it came to the last does not matter.
[[nodiscard]] scenario deployment_changes_size();

/// A set that grows and shrinks, beside a pod of another that has the name of one of its own.
[[nodiscard]] scenario replica_set_changes_size();

/// Five pods for two nodes with room for four.
[[nodiscard]] scenario scheduler_places_pods();

/// Three pods that need two machines.
[[nodiscard]] scenario autoscaler_meets_need();

/// A provider that is slow, refuses, and loses its answers.
[[nodiscard]] scenario provisioner_makes_machines();

/// More pods for a node than it has room for.
[[nodiscard]] scenario agent_runs_pods();

/// Pods and services with names and addresses, and the endpoints behind the services.
[[nodiscard]] scenario dns_names_things();

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
