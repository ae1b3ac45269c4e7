// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/scheduler_controller.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <string>

namespace cluster_simulation {

namespace {

/// What the nodes' agents have accepted, as the api has it now, and whether one more fits.
[[nodiscard]] task<bool> has_room_for(client api, object<cluster::pod> subject)
{
    auto const on = co_await api.get(key<cluster::node>{subject.spec.node_name});
    auto free = on->status.capacity;
    auto const all = co_await api.list<cluster::pod>();
    for (auto const& each : all)
        if (is_accepted(*each) && each->spec.node_name == subject.spec.node_name)
            cluster::subtract_from(free, cluster::pod_requests(each->spec));
    bool fits = true;
    for (auto const& [resource, needs] : cluster::pod_requests(subject.spec))
        fits = fits && free[resource] >= needs;
    co_return fits;
}

[[nodiscard]] task<> start(client api, object<cluster::pod> accepted)
{
    auto const present = co_await cluster::wall_now();
    accepted.status.phase = cluster::pod_phase::running;
    auto const holds = cluster::state_of(cluster::pod_condition::ready, true, "Running");
    set_condition(accepted.status.conditions, holds, present);
    co_await api.update_status(accepted);
}

/// Stands for the agents of all nodes: accepts what fits, and gives back what does not.
[[nodiscard]] task<converge::outcome> attend(client api, object<cluster::pod> subject)
{
    if (subject.spec.node_name.empty())
        co_return converge::settled();
    if (subject.metadata.being_deleted()) {
        if (remove_finalizer(subject.metadata, cluster::agent_finalizer))
            co_await api.update(subject);
        co_return converge::settled();
    }
    if (is_accepted(subject)) {
        co_await start(api, subject);
        co_return converge::settled();
    }
    bool const fits = co_await has_room_for(api, subject);
    if (fits)
        add_finalizer(subject.metadata, cluster::agent_finalizer);
    else
        subject.spec.node_name.clear();
    auto next = *co_await api.update(subject);
    if (!fits && remove_condition(next.status.conditions, cluster::pod_condition::scheduled))
        co_await api.update_status(next);
    co_return converge::settled();
}

[[nodiscard]] object<cluster::node> node_of(std::string name)
{
    auto made = objects::node(std::move(name), "2", "4Gi");
    made.status.capacity["pods"] = objects::amount("10");
    return made;
}

/// Five pods for two nodes with room for two each; later one of them is not wanted any more.
[[nodiscard]] task<> add_pods(client api)
{
    co_await add_node(api, node_of("left"));
    co_await add_node(api, node_of("right"));
    for (int i = 1; i <= 5; ++i)
        co_await api.create(small_pod("p" + std::to_string(i)));
    co_await converge::sleep_for(20s);
    co_await api.remove(key<cluster::pod>{"p2"});
    co_await converge::sleep_for(5s);
    auto urgent = small_pod("urgent");
    urgent.spec.priority = 10;
    co_await api.create(urgent);
}

/// Four of the five that are left run; the fifth has been told why it does not.
[[nodiscard]] std::string all_placed(snapshot const& now)
{
    int running = 0;
    int refused = 0;
    for (auto const& each : now.all<cluster::pod>()) {
        auto const* const scheduled =
            find_condition(each->status.conditions, cluster::pod_condition::scheduled);
        bool const bound = !each->spec.node_name.empty();
        if (scheduled == nullptr || scheduled->status != (bound ? "True" : "False"))
            return "the condition PodScheduled of Pod " + each->metadata.name + " is wrong";
        running += bound && each->status.phase == cluster::pod_phase::running ? 1 : 0;
        refused += bound ? 0 : 1;
    }
    return running == 4 && refused == 1 ? std::string{}
                                        : std::to_string(running) + " pods run, and " +
                                              std::to_string(refused) + " have no node";
}

void declare_placing(simulation& sim)
{
    sim.plane("scheduler", [](client api) {
        return converge::run(std::move(api), cluster::scheduler_controller());
    });
    sim.plane("agents", [](client api) {
        converge::controller<cluster::pod> const agents{attend};
        return converge::run(std::move(api), agents.named("agents"));
    });
    sim.user("kubectl", add_pods);
    sim.eventually("all are placed", all_placed);
    sim.eventually("what is bound fits", bound_pods_fit);
    sim.always("what agents accept fits", accepted_pods_fit);
    sim.always("pods are bound to nodes", bound_to_known_nodes{});
}

} // namespace

scenario scheduler_places_pods() { return {"scheduler places pods", declare_placing, 100}; }

} // namespace cluster_simulation
