// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/replica_set_controller.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <string>
#include <utility>
#include <vector>

namespace cluster_simulation {

namespace {

/// Stands for all below the set: every instance runs at once.
[[nodiscard]] task<converge::outcome> run_instance(client api, object<cluster::pod> of)
{
    auto const present = co_await cluster::wall_now();
    of.status.phase = cluster::pod_phase::running;
    auto const holds = cluster::state_of(cluster::pod_condition::ready, true, "Running");
    set_condition(of.status.conditions, holds, present);
    co_await api.update_status(of);
    co_return converge::settled();
}

/// First a pod that has the name which the second of the set would have.
[[nodiscard]] task<> desire_size(client api, int size)
{
    co_await api.apply(small_pod("web-1"));
    object<cluster::replica_set> web{"web"};
    web.spec.replicas = size;
    web.spec.selector.match_labels["app"] = "web";
    web.spec.template_.metadata.labels["app"] = "web";
    web.spec.template_.spec = small_pod("web").spec;
    co_await api.apply(web);
}

[[nodiscard]] std::string stranger_stays(snapshot const& now, bool& seen)
{
    auto const stranger = now.find(key<cluster::pod>{"web-1"});
    seen = seen || stranger != nullptr;
    if (stranger == nullptr)
        return seen ? "Pod web-1 is gone, which nobody but a person made" : std::string{};
    return stranger->metadata.owner_references.empty() && !stranger->metadata.being_deleted()
               ? std::string{}
               : "Pod web-1 was taken over";
}

[[nodiscard]] std::string as_many_as_desired(snapshot const& now)
{
    auto const set = now.find(key<cluster::replica_set>{"web"});
    if (set == nullptr)
        return "there is no ReplicaSet";
    int living = 0;
    for (auto const& each : now.all<cluster::pod>())
        living += each->metadata.owner_references.empty() ? 0 : 1;
    if (living != set->spec.replicas)
        return "there are " + std::to_string(living) + " pods, and " +
               std::to_string(set->spec.replicas) + " are desired";
    return set->status.replicas == living && set->status.ready_replicas == living
               ? std::string{}
               : "the status of ReplicaSet web does not say that all are ready";
}

void declare_replica_set(simulation& sim)
{
    sim.plane("replica-sets", [](client api) {
        return converge::run(std::move(api), cluster::replica_set_controller());
    });
    sim.plane("instances", [](client api) {
        converge::controller<cluster::pod> const pods{run_instance};
        return converge::run(std::move(api), pods.named("instances"));
    });
    std::vector<std::pair<std::string, std::function<task<>(client)>>> sizes;
    for (int const each : {0, 2, 5})
        sizes.emplace_back(std::to_string(each) + " replicas",
                           [each](client api) { return desire_size(std::move(api), each); });
    sim.desired_states(std::move(sizes));

    sim.eventually("as many as desired", as_many_as_desired);
    sim.always("ready as asked", ready_as_asked{});
    sim.always("strangers are left alone",
               [seen = false](snapshot const& now) mutable { return stranger_stays(now, seen); });
    sim.at_most<cluster::replica_set, cluster::pod>([](object<cluster::replica_set> const& of) {
        return static_cast<std::size_t>(of.spec.replicas);
    });
    // Two would be a reason to remove three of five, and so would none.
    sim.removes_only_if<cluster::replica_set, cluster::pod>(
        [](object<cluster::replica_set> const& of, object<cluster::pod> const&) {
            return of.spec.replicas < 5;
        });
}

} // namespace

scenario replica_set_changes_size()
{
    return {"replica set changes size", declare_replica_set, 100};
}

} // namespace cluster_simulation
