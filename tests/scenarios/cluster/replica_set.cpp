// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/replica_set_controller.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
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

/// As `run_instance`; an instance that is deleted takes a few seconds to end.
[[nodiscard]] task<converge::outcome> run_and_end_instance(client api, object<cluster::pod> of)
{
    if (!of.metadata.being_deleted()) {
        if (add_finalizer(of.metadata, cluster::agent_finalizer))
            of = *co_await api.update(of);
        co_return co_await run_instance(api, of);
    }
    co_await converge::sleep_for(3s);
    if (remove_finalizer(of.metadata, cluster::agent_finalizer))
        co_await api.update(of);
    co_return converge::settled();
}

void run_instances(simulation& sim, task<converge::outcome> (*how)(client, object<cluster::pod>))
{
    sim.plane("instances", [how](client api) {
        converge::controller<cluster::pod> const pods{how};
        return converge::run(std::move(api), pods.named("instances"));
    });
}

void run_replica_sets(simulation& sim)
{
    sim.plane("replica-sets", [](client api) {
        return converge::run(std::move(api), cluster::replica_set_controller());
    });
}

[[nodiscard]] object<cluster::replica_set> web_set(int size)
{
    object<cluster::replica_set> web{"web"};
    web.spec.replicas = size;
    web.spec.selector.match_labels["app"] = "web";
    web.spec.template_.metadata.labels["app"] = "web";
    web.spec.template_.spec = small_pod("web").spec;
    return web;
}

/// Sizes in the order in which they were asked for. A pod says in a label for which it was made.
class asked_sizes {
public:
    /// @returns the number of the wish.
    std::string add(int size)
    {
        sizes_.push_back(size);
        return std::to_string(sizes_.size());
    }

    /// A set that asks for as many as ever is no reason to remove a pod, and neither is one that
    /// asked before the pod was made.
    [[nodiscard]] bool allow(object<cluster::replica_set> const& of,
                             object<cluster::pod> const& gone) const
    {
        auto const wish = number_of(of.spec.template_.metadata.labels);
        auto const until = std::next(sizes_.begin(), wish);
        return wish >= number_of(gone.metadata.labels) &&
               of.spec.replicas < *std::max_element(sizes_.begin(), until);
    }

    static constexpr char const* label = "wish";

private:
    static int number_of(std::map<std::string, std::string> const& labels)
    {
        return std::stoi(labels.at(label));
    }

    std::vector<int> sizes_;
};

/// First a pod that has the name which the second of the set would have.
[[nodiscard]] task<> desire_size(client api, int size, std::shared_ptr<asked_sizes> asked)
{
    co_await api.apply(small_pod("web-1"));
    auto web = web_set(size);
    web.spec.template_.metadata.labels[asked_sizes::label] = asked->add(size);
    co_await api.apply(web);
}

/// Deletes pods of the set that it makes anew. They go, and their names are free, a little later.
[[nodiscard]] task<> delete_pods(client api)
{
    co_await api.apply(web_set(3));
    for (auto const* const name : {"web-0", "web-1", "web-0", "web-2", "web-0"}) {
        co_await converge::sleep_for(12s);
        // It may be gone, or not be there again.
        co_await cluster::attempted(api.remove(key<cluster::pod>{name}));
    }
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

void expect_pods(simulation& sim)
{
    // What one sees who begins anew from old state is what goes wrong most easily here.
    sim.chance_of(fault_kind::crash_in_request, 0.05);
    sim.chance_of(fault_kind::stale_replica, 0.5);
    sim.eventually("as many as desired", as_many_as_desired);
    sim.always("ready as asked", ready_as_asked{});
    sim.at_most<cluster::replica_set, cluster::pod>([](object<cluster::replica_set> const& of) {
        return static_cast<std::size_t>(of.spec.replicas);
    });
}

void declare_replica_set(simulation& sim)
{
    run_replica_sets(sim);
    run_instances(sim, run_instance);
    auto const asked = std::make_shared<asked_sizes>();
    std::vector<std::pair<std::string, std::function<task<>(client)>>> sizes;
    for (int const each : {0, 2, 5})
        sizes.emplace_back(std::to_string(each) + " replicas", [each, asked](client api) {
            return desire_size(std::move(api), each, asked);
        });
    sim.desired_states(std::move(sizes));
    expect_pods(sim);
    sim.always("strangers are left alone",
               [seen = false](snapshot const& now) mutable { return stranger_stays(now, seen); });
    sim.removes_only_if<cluster::replica_set, cluster::pod>(
        [asked](object<cluster::replica_set> const& of, object<cluster::pod> const& gone) {
            return asked->allow(of, gone);
        });
}

void declare_replacing(simulation& sim)
{
    run_replica_sets(sim);
    run_instances(sim, run_and_end_instance);
    sim.user("kubectl", delete_pods);
    expect_pods(sim);
    sim.removes_only_if<cluster::replica_set, cluster::pod>(
        [](auto const&, auto const&) { return false; });
    // A pod that was asked for minutes ago, when a lower name was not free yet, may come now:
    // nothing fences it.
    sim.chance_of(fault_kind::late_request, 0);
}

} // namespace

scenario replica_set_changes_size()
{
    return {"replica set changes size", declare_replica_set, 100};
}

scenario replica_set_replaces_pods()
{
    return {"replica set replaces pods", declare_replacing, 100};
}

} // namespace cluster_simulation
