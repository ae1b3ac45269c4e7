// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/dns_controller.hpp"
#include "cluster/modelled_runtime.hpp"
#include "cluster/node_agent.hpp"
#include "cluster/node_lifecycle_controller.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>
#include <converge/model/lease.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>

namespace cluster_simulation {

namespace {

/// A runtime that everybody can look into: the machine goes on while its agent is dead.
class open_runtime final : public cluster::container_runtime {
public:
    [[nodiscard]] task<cluster::instance> ensure(object_ptr<cluster::pod> what,
                                                 std::string address) override
    {
        auto const [known, fresh] = addresses_.emplace(what->metadata.uid.str(), address);
        if (known->second != address)
            wrong_ = "Pod " + what->metadata.name + " was started as " + known->second +
                     " and then as " + address;
        return model_.ensure(std::move(what), std::move(address));
    }
    [[nodiscard]] task<> stop(converge::uid of) override
    {
        addresses_.erase(of.str());
        return model_.stop(std::move(of));
    }
    [[nodiscard]] task<std::vector<cluster::instance>> list() override { return model_.list(); }

    /// By the uids of the pods that run.
    [[nodiscard]] std::map<std::string, std::string> const& addresses() const { return addresses_; }
    [[nodiscard]] std::string const& wrong() const { return wrong_; }

private:
    cluster::modelled_runtime model_{200ms};
    std::map<std::string, std::string> addresses_;
    std::string wrong_;
};

[[nodiscard]] object<cluster::pod> bound_pod(std::string name)
{
    return objects::bound(small_pod(std::move(name)), "n1");
}

/// Removes a pod, and makes one of its name if it goes soon enough: faults go on as long as this
/// does.
[[nodiscard]] task<> replace_pod(client api, std::string name)
{
    co_await cluster::attempted(api.remove(key<cluster::pod>{name}));
    for (int tries = 0; tries != 6; ++tries) {
        co_await converge::sleep_for(5s);
        auto const made = co_await cluster::attempted(api.create(bound_pod(name)));
        if (made)
            co_return;
    }
}

/// Three for a node with room for two, and one for another node; then they go, one after the other,
/// and others of the same names come.
[[nodiscard]] task<> bind_pods(client api)
{
    co_await api.create(bound_pod("a"));
    co_await api.create(bound_pod("b"));
    co_await api.create(bound_pod("c"));
    co_await api.create(objects::bound(small_pod("elsewhere"), "n2"));
    co_await converge::sleep_for(20s);
    // Nobody but a person does that; the agent is still there.
    co_await cluster::attempted(api.remove(key<cluster::node>{"n1"}));
    for (auto const* const name : {"a", "b", "c", "a"})
        co_await replace_pod(api, name);
}

/// The runtime runs nothing that no pod has let it run.
[[nodiscard]] std::string runs_accepted_pods(snapshot const& now, open_runtime const& runtime)
{
    std::set<std::string> accepted;
    for (auto const& each : now.all<cluster::pod>())
        if (is_accepted(*each) && each->spec.node_name == "n1")
            accepted.insert(each->metadata.uid.str());
    for (auto const& [id, address] : runtime.addresses())
        if (!accepted.contains(id))
            return "an instance runs at " + address + " of a pod (uid " + id +
                   ") that is not there any more, or not accepted";
    return runtime.wrong();
}

[[nodiscard]] std::string all_run(snapshot const& now, open_runtime const& runtime)
{
    auto const self = now.find(key<cluster::node>{"n1"});
    if (self == nullptr || !is_true(self->status.conditions, cluster::node_condition::ready))
        return "Node n1 is not ready";
    std::size_t running = 0;
    for (auto const& each : now.all<cluster::pod>()) {
        bool const here = each->spec.node_name == "n1";
        bool const runs = is_ready(*each) && each->status.phase == cluster::pod_phase::running;
        if (here != runs)
            return "Pod " + each->metadata.name + " runs, or does not, and should not";
        running += here ? 1 : 0;
        if (here && runtime.addresses().find(each->metadata.uid.str()) == runtime.addresses().end())
            return "nothing runs for Pod " + each->metadata.name;
    }
    return running == runtime.addresses().size() && running <= 2
               ? std::string{}
               : std::to_string(running) + " pods run, and " +
                     std::to_string(runtime.addresses().size()) + " instances";
}

void declare_agent(simulation& sim)
{
    auto const runtime = std::make_shared<open_runtime>();
    sim.plane("agent-n1", [runtime](client api) {
        auto const type = std::make_shared<object<cluster::machine_type> const>(ssd_small());
        return cluster::run_node_agent(std::move(api), "n1", type, runtime);
    });
    sim.plane("dns", [](client api) {
        return converge::run(std::move(api), cluster::pod_dns_controller(),
                             cluster::node_lifecycle_controller());
    });
    sim.user("kubectl", bind_pods);
    sim.eventually("all run", [runtime](snapshot const& now) { return all_run(now, *runtime); });
    sim.always("what the agent accepts fits", accepted_pods_fit);
    // What an agent that died accepted may come true minutes later, and takes the room of what the
    // next one has accepted: nothing fences it.
    sim.chance_of(fault_kind::late_request, 0);
    sim.always("only accepted pods run",
               [runtime](snapshot const& now) { return runs_accepted_pods(now, *runtime); });
    sim.always("addresses differ", addresses_differ);
}

} // namespace

scenario agent_runs_pods() { return {"agent runs pods", declare_agent, 75}; }

} // namespace cluster_simulation
