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

/// A set of three, pods of which a person deletes: they take a while to end.
[[nodiscard]] scenario replica_set_replaces_pods();

/// Five pods for two nodes with room for four.
[[nodiscard]] scenario scheduler_places_pods();

/// The same nodes, all full, and room for one of those that wait.
[[nodiscard]] scenario scheduler_prefers_urgent();

/// Three pods that need two machines.
[[nodiscard]] scenario autoscaler_meets_need();

/// A provider that is slow, refuses, and loses its answers.
[[nodiscard]] scenario provisioner_makes_machines();

/// More pods for a node than it has room for.
[[nodiscard]] scenario agent_runs_pods();

/// Pods and services with names and addresses, and the endpoints behind the services.
[[nodiscard]] scenario dns_names_things();

/// An agent that gives no sign of life, and comes back: nothing takes its place.
[[nodiscard]] scenario node_is_silent_for_a_minute();

/// An agent that never comes back: another machine takes its place, two minutes later.
[[nodiscard]] scenario node_is_silent_for_good();

/// All of them, the whole cluster first.
[[nodiscard]] inline std::vector<scenario> cluster_scenarios()
{
    return {whole_cluster(),
            deployment_rolls_out(),
            deployment_changes_size(),
            replica_set_changes_size(),
            replica_set_replaces_pods(),
            scheduler_places_pods(),
            scheduler_prefers_urgent(),
            autoscaler_meets_need(),
            provisioner_makes_machines(),
            agent_runs_pods(),
            dns_names_things(),
            node_is_silent_for_a_minute(),
            node_is_silent_for_good()};
}

} // namespace cluster_simulation
