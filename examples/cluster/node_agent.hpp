// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/container_runtime.hpp"
#include "resources/machine_type.hpp"

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/controller/control_context.hpp>
#include <converge/model/object.hpp>

#include <memory>
#include <string>

namespace cluster {

/// The agent of one machine, until cancelled: registers its Node, shows that it lives by a lease
/// that is renewed without writes, and runs the pods that are bound to the node.
///
/// A pod is accepted first (a finalizer says so), unless it does not fit beside what runs here
/// already: then it is given back to the scheduler. Once DNS has given the pod an address it is
/// started; when it is deleted it is stopped, and then let go. A node that somebody
/// removes is registered again. All state that matters is in the store and in the runtime, so an
/// agent may die and start again at any moment: what runs and is no accepted pod's is stopped.
[[nodiscard]] converge::task<> run_node_agent(converge::client api, std::string node_name,
                                              converge::object_ptr<machine_type> type,
                                              std::shared_ptr<container_runtime> runtime,
                                              converge::control_context context = {});

} // namespace cluster
