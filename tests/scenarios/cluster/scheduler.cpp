// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/scheduler_controller.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <memory>
#include <set>
#include <string>
#include <utility>

namespace cluster_simulation {

namespace {

/// Pods that were accepted or that it was tried with, and where: what is asked for late may come
/// true yet. Agents that die forget this; those that these stand for do not, as they are not what
/// is tried here.
using tried_pods = std::set<std::pair<converge::uid, std::string>>;

/// Whether one more fits beside what the api says that the node's agent has accepted.
[[nodiscard]] task<bool> has_room_for(client api, object<cluster::pod> subject,
                                      std::shared_ptr<tried_pods const> tried)
{
    auto const& name = subject.spec.node_name;
    auto const on = co_await api.get(key<cluster::node>{name});
    auto free = on->status.capacity;
    auto const all = co_await api.list<cluster::pod>();
    for (auto const& each : all) {
        auto const& uid = each->metadata.uid;
        bool const counts = is_accepted(*each) || tried->contains(std::pair{uid, name});
        if (each->spec.node_name == name && uid != subject.metadata.uid && counts)
            cluster::subtract_from(free, cluster::pod_requests(each->spec));
    }
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
[[nodiscard]] task<converge::outcome> attend(std::shared_ptr<tried_pods> tried, client api,
                                             object<cluster::pod> subject)
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
    bool const fits = co_await has_room_for(api, subject, tried);
    if (fits) {
        tried->emplace(subject.metadata.uid, subject.spec.node_name);
        add_finalizer(subject.metadata, cluster::agent_finalizer);
    } else {
        subject.spec.node_name.clear();
    }
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

[[nodiscard]] bool is_refused(object<cluster::pod> const& of)
{
    auto const* const told =
        find_condition(of.status.conditions, cluster::pod_condition::scheduled);
    return of.spec.node_name.empty() && told != nullptr && told->status == "False";
}

/// Waits until each pod has a place for good, or was told that there is none.
/// @returns one that has.
[[nodiscard]] task<object_ptr<cluster::pod>> wait_placed(client api)
{
    for (;;) {
        auto const all = co_await api.list<cluster::pod>();
        object_ptr<cluster::pod> accepted;
        bool decided = true;
        for (auto const& each : all) {
            if (is_accepted(*each))
                accepted = each;
            decided = decided && (is_accepted(*each) || is_refused(*each));
        }
        if (decided && accepted != nullptr)
            co_return accepted;
        co_await converge::sleep_for(5s);
    }
}

/// Five pods for two nodes with room for two each.
[[nodiscard]] task<> add_five(client api)
{
    co_await add_node(api, node_of("left"));
    co_await add_node(api, node_of("right"));
    for (int i = 1; i <= 5; ++i)
        co_await api.create(small_pod("p" + std::to_string(i)));
    co_await converge::sleep_for(20s);
}

[[nodiscard]] task<> add_urgent(client api)
{
    auto urgent = small_pod("urgent");
    urgent.spec.priority = 10;
    co_await api.create(urgent);
}

/// Later one of them is not wanted any more, and another one is.
[[nodiscard]] task<> add_pods(client api)
{
    co_await add_five(api);
    co_await api.remove(key<cluster::pod>{"p2"});
    co_await converge::sleep_for(5s);
    co_await add_urgent(api);
}

/// One that is more urgent than they are comes when there is no room for it; then one of those that
/// have a place is not wanted any more.
[[nodiscard]] task<> make_room(client api)
{
    co_await add_five(api);
    auto const placed = co_await wait_placed(api);
    co_await add_urgent(api);
    co_await converge::sleep_for(20s);
    co_await api.remove(placed->key());
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

[[nodiscard]] std::string urgent_first(snapshot const& now)
{
    auto const urgent = now.find(key<cluster::pod>{"urgent"});
    return urgent != nullptr && is_accepted(*urgent)
               ? std::string{}
               : "Pod urgent has no place, and others of lower priority have";
}

void declare_nodes(simulation& sim)
{
    sim.plane("scheduler", [](client api) {
        return converge::run(std::move(api), cluster::scheduler_controller());
    });
    auto const tried = std::make_shared<tried_pods>();
    sim.plane("agents", [tried](client api) {
        auto const accept = [tried](client through, object<cluster::pod> of) {
            return attend(tried, std::move(through), std::move(of));
        };
        converge::controller<cluster::pod> const agents{accept};
        return converge::run(std::move(api), agents.named("agents"));
    });
    sim.eventually("all are placed", all_placed);
    sim.eventually("what is bound fits", bound_pods_fit);
    sim.always("what agents accept fits", accepted_pods_fit);
    sim.always("pods are bound to nodes", bound_to_known_nodes{});
}

void declare_placing(simulation& sim)
{
    declare_nodes(sim);
    sim.user("kubectl", add_pods);
}

void declare_priority(simulation& sim)
{
    declare_nodes(sim);
    sim.user("kubectl", make_room);
    sim.eventually("the urgent one is placed first", urgent_first);
    // A place that another was given minutes ago may come true when there is room: nothing fences
    // it.
    sim.chance_of(fault_kind::late_request, 0);
}

} // namespace

scenario scheduler_places_pods() { return {"scheduler places pods", declare_placing, 100}; }

scenario scheduler_prefers_urgent() { return {"scheduler prefers urgent", declare_priority, 100}; }

} // namespace cluster_simulation
