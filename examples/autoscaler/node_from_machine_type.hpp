// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/machine_type.hpp"
#include "resources/node.hpp"

#include <converge/model/object.hpp>
#include <converge/model/quantity.hpp>

#include <string>
#include <utility>

namespace autoscaling {

inline constexpr char const* instance_type_label = "node.kubernetes.io/instance-type";
inline constexpr char const* hostname_label = "kubernetes.io/hostname";

/// Of types that do not say how many pods they take.
inline constexpr int pods_max_default = 110;

/// The node that a machine of that type becomes: labels, taints, capacity, and the condition
/// `Ready`. Both the autoscaler's simulation and the agent on the machine use it, so that what was
/// promised is what comes.
[[nodiscard]] inline converge::object<cluster::node>
node_from_machine_type(converge::object<cluster::machine_type> const& type, std::string name)
{
    converge::object<cluster::node> node{std::move(name)};
    node.metadata.labels = type.spec.labels;
    node.metadata.labels[hostname_label] = node.metadata.name;
    node.metadata.labels[instance_type_label] = type.metadata.name;
    node.spec.taints = type.spec.taints;
    node.status.capacity = type.spec.capacity;
    node.status.capacity.try_emplace("pods", converge::quantity::of(pods_max_default));
    node.status.allocatable = node.status.capacity;
    node.status.node_info.machine_type = type.metadata.name;
    node.status.conditions.push_back(
        {cluster::node_condition::ready, "True", "AgentReady", "the node takes pods", {}, 0});
    return node;
}

} // namespace autoscaling
