// SPDX-License-Identifier: BSL-1.0
#include "cluster/local_cluster.hpp"

#include "cluster/autoscaler_controller.hpp"
#include "cluster/deployment_controller.hpp"
#include "cluster/dns_controller.hpp"
#include "cluster/endpoints_controller.hpp"
#include "cluster/machine_provisioner.hpp"
#include "cluster/node_agent.hpp"
#include "cluster/node_lifecycle_controller.hpp"
#include "cluster/replica_set_controller.hpp"
#include "cluster/scheduler_controller.hpp"

#include <converge/async/nursery.hpp>
#include <converge/manager/run.hpp>

#include <utility>

namespace cluster {

using converge::client;
using converge::control_context;
using converge::task;

task<> run_controller_manager(client api, control_context context)
{
    return converge::run(std::move(api), std::move(context), deployment_controller(),
                         replica_set_controller(), pod_dns_controller(), service_dns_controller(),
                         endpoints_controller(), node_lifecycle_controller());
}

task<> run_scheduler(client api, control_context context)
{
    return converge::run(std::move(api), std::move(context), scheduler_controller());
}

task<> run_autoscaler(client api, control_context context)
{
    return converge::run(std::move(api), std::move(context), autoscaler_controller());
}

task<> run_provisioner(client api, machine_provider& provider, control_context context)
{
    return converge::run(std::move(api), std::move(context), machine_provisioner(provider));
}

local_cluster::local_cluster(client api, cluster_options options)
    : api_{std::move(api)},
      options_{std::move(options)},
      provider_{options_.start_delay()}
{}

task<> local_cluster::run()
{
    auto const where = co_await converge::this_coro::executor;
    converge::nursery all{where};
    auto const& context = options_.context();
    all.spawn(run_controller_manager(api_, context));
    all.spawn(run_scheduler(api_, context));
    all.spawn(run_autoscaler(api_, context));
    all.spawn(run_provisioner(api_, provider_, context));
    auto const power_on = [&](modelled_provider::powered_machine booted) {
        all.spawn(modelled_provider::run_on(
            booted.off, run_node_agent(api_, booted.name, booted.type, booted.runtime, context)));
    };
    all.spawn(provider_.operate(power_on));
    co_await all.join();
}

} // namespace cluster
