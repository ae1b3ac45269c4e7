// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/local_cluster.hpp"
#include "cluster/node_agent.hpp"
#include "resources/autoscaler.hpp"
#include "resources/endpoint_slice.hpp"
#include "resources/service.hpp"
#include "scenarios/cluster/disturbed_provider.hpp"
#include "scenarios/cluster/parts.hpp"

#include <memory>
#include <set>
#include <string>

namespace cluster_simulation {

namespace {

[[nodiscard]] task<> apply_story(client api)
{
    object<cluster::autoscaler> const scaling{"default"};
    co_await api.apply(ssd_small());
    co_await api.apply(scaling);
    co_await api.apply(machine_of("n1", "ssd-small"));
    co_await api.apply(api_deployment(3));
    object<cluster::service> exposed{"api"};
    exposed.spec.selector["app"] = "api";
    cluster::service_port port;
    port.port = 80;
    exposed.spec.ports.push_back(port);
    co_await api.apply(exposed);
}

/// The Service has an address, and the three instances behind it.
[[nodiscard]] std::string service_answers(snapshot const& now)
{
    auto const exposed = now.find(key<cluster::service>{"api"});
    if (exposed == nullptr || exposed->spec.cluster_ip.empty())
        return "Service default/api has no address";
    std::set<std::string> ready;
    if (auto const slice = now.find(key<cluster::endpoint_slice>{"api"}))
        for (auto const& each : slice->content.endpoints)
            if (each.conditions.ready.value_or(false))
                ready.insert(each.addresses.front());
    for (auto const& each : now.all<cluster::pod>())
        if (!ready.contains(each->status.pod_ip))
            return "Pod " + each->metadata.name + " is no endpoint of Service default/api";
    return ready.size() == 3 ? std::string{}
                             : "Service default/api has " + std::to_string(ready.size()) +
                                   " endpoints that are ready";
}

[[nodiscard]] std::string story_ends(snapshot const& now)
{
    auto const wanted = now.find(key<cluster::deployment>{"api"});
    if (wanted == nullptr || !is_true(wanted->status.conditions, "Available") ||
        wanted->status.available_replicas != 3)
        return "Deployment default/api is not available";
    std::set<std::string> addresses;
    std::set<std::string> nodes;
    auto const pods = now.all<cluster::pod>();
    for (auto const& each : pods) {
        if (each->status.phase != cluster::pod_phase::running || !is_ready(*each))
            return "Pod " + each->metadata.name + " does not run";
        addresses.insert(each->status.pod_ip);
        nodes.insert(each->spec.node_name);
    }
    auto const machines = now.all<cluster::machine>().size();
    if (pods.size() == 3 && addresses.size() == 3 && nodes.size() == 2 && machines == 2)
        return {};
    return std::to_string(pods.size()) + " instances with " + std::to_string(addresses.size()) +
           " addresses on " + std::to_string(nodes.size()) + " nodes; " + std::to_string(machines) +
           " machines";
}

/// Switches machines on: each has an agent, which is a process of its own.
void add_machines(simulation& sim, std::shared_ptr<disturbed_provider> provider)
{
    sim.environment("provider", [&sim, provider] {
        return provider->model().operate([&sim](cluster::modelled_provider::powered_machine on) {
            // It is switched off when its machine goes.
            sim.may_end("agent-" + on.name);
            sim.plane("agent-" + on.name, [on](client api) {
                return cluster::modelled_provider::run_on(
                    on.off, cluster::run_node_agent(std::move(api), on.name, on.type, on.runtime));
            });
        });
    });
}

void declare_story(simulation& sim)
{
    auto const provider = std::make_shared<disturbed_provider>(200ms);
    sim.plane("controllers",
              [](client api) { return cluster::run_controller_manager(std::move(api)); });
    sim.plane("scheduler", [](client api) { return cluster::run_scheduler(std::move(api)); });
    sim.plane("autoscaler", [](client api) { return cluster::run_autoscaler(std::move(api)); });
    sim.plane("provisioner", [provider](client api) {
        return cluster::run_provisioner(std::move(api), *provider);
    });
    add_machines(sim, provider);
    sim.user("kubectl", apply_story);

    sim.eventually("the story ends", story_ends);
    sim.eventually("the service answers", service_answers);
    sim.eventually("what is bound fits", bound_pods_fit);
    sim.always("what agents accept fits", accepted_pods_fit);
    sim.always("addresses differ", addresses_differ);
    sim.always("pods are bound to nodes", bound_to_known_nodes{});
    sim.always("ready as asked", ready_as_asked{});
    sim.always("one machine for the one need", machines_in_all{2});
    // What an agent that died accepted may come true minutes later, and takes the room of what the
    // next one has accepted: nothing fences it.
    sim.chance_of(fault_kind::late_request, 0);
    sim.removes_only_if<cluster::replica_set, cluster::pod>(
        [](object<cluster::replica_set> const& of, object<cluster::pod> const&) {
            return of.spec.replicas < 3;
        });
    sim.removes_only_if<cluster::deployment, cluster::replica_set>(
        [](object<cluster::deployment> const&, object<cluster::replica_set> const&) {
            return false;
        });
    sim.at_most<cluster::replica_set, cluster::pod>([](object<cluster::replica_set> const& of) {
        return static_cast<std::size_t>(of.spec.replicas);
    });
    sim.at_most<cluster::deployment, cluster::replica_set>(
        [](object<cluster::deployment> const&) { return std::size_t{1}; });
}

} // namespace

scenario whole_cluster() { return {"cluster", declare_story, 60}; }

} // namespace cluster_simulation
