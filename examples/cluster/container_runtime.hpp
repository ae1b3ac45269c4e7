// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/pod.hpp"

#include <converge/async/task.hpp>
#include <converge/core/time.hpp>
#include <converge/core/uid.hpp>

#include <string>
#include <vector>

namespace cluster {

enum class instance_state { starting, running };

/// What a runtime knows of the instance of one pod.
struct instance {
    converge::uid pod{};
    instance_state state = instance_state::starting;
    /// When it runs, or began to run.
    converge::instant running_at{};
};

/// Runs the containers of pods on one machine. The seam between the agent and whatever really
/// runs things: what it runs lives on while no agent looks.
///
/// @par Threads  The strand of the agent.
class container_runtime {
public:
    virtual ~container_runtime() = default;

    /// Starts the instance of a pod under an address; one that is there already is left alone.
    /// @returns how it is now. @throws converge::error if it cannot be started.
    [[nodiscard]] virtual converge::task<instance>
    ensure(converge::object_ptr<pod> what, std::string address) = 0;

    /// Ends the instance of a pod; none is as good.
    [[nodiscard]] virtual converge::task<> stop(converge::uid of) = 0;

    /// Every instance on the machine.
    [[nodiscard]] virtual converge::task<std::vector<instance>> list() = 0;
};

} // namespace cluster
