// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/modelled_provider.hpp"

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/controller/control_context.hpp>
#include <converge/core/time.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace cluster {

/// How a cluster in one process is set up; setters chain.
class cluster_options {
public:
    cluster_options() {}

    /// How long instances take to start; 200 ms unless set.
    [[nodiscard]] cluster_options starting_instances_in(converge::duration delay) &&
    {
        start_delay_ = delay;
        return std::move(*this);
    }
    [[nodiscard]] cluster_options reporting_to(converge::control_context context) &&
    {
        context_ = std::move(context);
        return std::move(*this);
    }

    [[nodiscard]] converge::duration start_delay() const noexcept { return start_delay_; }
    [[nodiscard]] converge::control_context const& context() const noexcept { return context_; }

private:
    converge::duration start_delay_ = std::chrono::milliseconds{200};
    converge::control_context context_;
};

/// Deployment, replica set, DNS, endpoints, node lifecycle: the controllers that belong together as
/// Kubernetes' controller manager does. Until cancelled.
[[nodiscard]] converge::task<> run_controller_manager(converge::client api,
                                                      converge::control_context context = {});
[[nodiscard]] converge::task<> run_scheduler(converge::client api,
                                             converge::control_context context = {});
[[nodiscard]] converge::task<> run_autoscaler(converge::client api,
                                              converge::control_context context = {});
/// @par Lifetime  `provider` must outlive the task.
[[nodiscard]] converge::task<> run_provisioner(converge::client api, machine_provider& provider,
                                               converge::control_context context = {});

/// A whole cluster in this process: the control plane, machines that are modelled, and an agent
/// for each of them.
class local_cluster {
public:
    explicit local_cluster(converge::client api, cluster_options options = {});

    /// Runs it until cancelled. @pre Called once; the cluster outlives the task.
    [[nodiscard]] converge::task<> run();

private:
    converge::client api_;
    cluster_options options_;
    modelled_provider provider_;
};

} // namespace cluster
