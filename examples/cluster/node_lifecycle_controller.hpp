// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/node.hpp"

#include <converge/controller/controller.hpp>

#include <chrono>

namespace cluster {

/// The namespace of the leases by which agents show that they live.
inline constexpr char const* node_lease_namespace = "kube-node-lease";

/// How long a node counts as ready after its agent's last sign of life.
inline constexpr std::chrono::seconds node_lease_span{40};

/// Says of a node whose agent has fallen silent that nobody knows how it is: `Ready=Unknown`. The
/// store removes an agent's lease when it was not renewed, so a missing lease is the sign.
[[nodiscard]] converge::controller<node> node_lifecycle_controller();

} // namespace cluster
