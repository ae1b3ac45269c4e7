// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/local_cluster.hpp"
#include "cluster/node_agent.hpp"
#include "cluster/node_lifecycle_controller.hpp"
#include "resources/autoscaler.hpp"
#include "scenarios/cluster/disturbed_provider.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/async/wake.hpp>
#include <converge/manager/run.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cluster_simulation {

namespace {

using converge::testing::world;

/// Whether the agent of a machine gives signs of life.
struct switchboard {
    bool silent = false;
    converge::wake speaks;
    std::optional<converge::testing::process> agent;
};

[[nodiscard]] task<> run_unless_silent(world& in, std::shared_ptr<switchboard> of, client api,
                                       cluster::modelled_provider::powered_machine on)
{
    of->agent = in.running();
    while (of->silent)
        co_await of->speaks.wait();
    co_await cluster::run_node_agent(api, on.name, on.type, on.runtime);
}

/// The agent dies, and its next life says nothing.
void silence(world& in, std::shared_ptr<switchboard> const& of)
{
    of->silent = true;
    in.at(in.now(), [&in, of] {
        if (!of->agent || !in.alive(*of->agent))
            return;
        in.kill(*of->agent);
        in.restart(*of->agent);
    });
}

void add_machines(simulation& sim, std::shared_ptr<switchboard> first)
{
    auto const provider = std::make_shared<disturbed_provider>(200ms);
    sim.plane("provisioner", [provider](client api) {
        return cluster::run_provisioner(std::move(api), *provider);
    });
    sim.environment("provider", [&sim, provider, first] {
        return provider->model().operate(
            [&sim, first](cluster::modelled_provider::powered_machine on) {
                auto const of = on.name == "n1" ? first : std::make_shared<switchboard>();
                sim.plane("agent-" + on.name, [&sim, of, on](client api) {
                    return cluster::modelled_provider::run_on(
                        on.off, run_unless_silent(sim.world(), of, std::move(api), on));
                });
            });
    });
}

[[nodiscard]] std::string state_of_first(object<cluster::node> const& of)
{
    auto const* const ready = find_condition(of.status.conditions, cluster::node_condition::ready);
    return ready == nullptr ? std::string{} : ready->status;
}

/// A machine whose agent falls silent, and a pod that the scheduler has no place for; the agent
/// comes back a minute after it was missed, or not at all.
[[nodiscard]] task<> miss_agent(world& in, client api, std::shared_ptr<switchboard> first,
                                bool comes_back)
{
    object<cluster::autoscaler> const scaling{"default"};
    co_await api.apply(ssd_small());
    co_await api.apply(scaling);
    co_await api.apply(machine_of("n1", "ssd-small"));
    key<cluster::node> const id{"n1"};
    co_await api.wait_until(id, [](auto const& of) { return state_of_first(of) == "True"; });
    silence(in, first);
    co_await api.wait_until(id, [](auto const& of) { return state_of_first(of) == "Unknown"; });
    co_await add_refused(api, "a");
    if (!comes_back)
        co_return;
    co_await converge::sleep_for(1min);
    first->silent = false;
    first->speaks.notify_one();
}

[[nodiscard]] std::string has_place(snapshot const& now, bool on_first)
{
    auto const machines = now.all<cluster::machine>().size();
    if (machines != (on_first ? 1u : 2u))
        return "there are " + std::to_string(machines) + " machines";
    auto const first = now.find(key<cluster::node>{"n1"});
    if (first == nullptr || state_of_first(*first) != (on_first ? "True" : "Unknown"))
        return "the state of Node n1 is wrong";
    auto const scaling = now.find(key<cluster::autoscaler>{"default"});
    for (auto const& verdict : scaling->status.verdicts)
        if (verdict.code == cluster::verdict_code::fits_existing_node &&
            (verdict.machine == "n1") == on_first)
            return {};
    return "the Autoscaler does not say that Pod a has a place";
}

/// A machine is made for nobody, and none before the silent one was missed for two minutes.
class patience_kept {
public:
    explicit patience_kept(simulation& sim) : sim_{&sim} {}

    std::string operator()(snapshot const& now)
    {
        auto const first = now.find(key<cluster::node>{"n1"});
        if (first == nullptr || state_of_first(*first) != "Unknown")
            since_.reset();
        else if (!since_)
            since_ = sim_->world().now();
        made_ = std::max(made_, now.all<cluster::machine>().size());
        if (made_ < 2 || std::exchange(judged_, true))
            return {};
        return since_ && sim_->world().now() - *since_ >= 2min
                   ? std::string{}
                   : "another machine takes the place of n1, which was not missed for two minutes";
    }

private:
    simulation* sim_;
    std::optional<converge::instant> since_;
    std::size_t made_ = 0;
    bool judged_ = false;
};

void declare_silence(simulation& sim, bool comes_back)
{
    auto const first = std::make_shared<switchboard>();
    sim.plane("nodes", [](client api) {
        return converge::run(std::move(api), cluster::node_lifecycle_controller());
    });
    sim.plane("autoscaler", [](client api) { return cluster::run_autoscaler(std::move(api)); });
    add_machines(sim, first);
    sim.user("kubectl", [&sim, first, comes_back](client api) {
        return miss_agent(sim.world(), std::move(api), first, comes_back);
    });
    sim.eventually("the pod has a place",
                   [comes_back](snapshot const& now) { return has_place(now, comes_back); });
    sim.always("not more machines than are needed", machines_in_all{comes_back ? 1u : 2u});
    sim.always("a silent node is waited for", patience_kept{sim});
    // The node has to be ready first, which an agent that dies and stands still all the time is not
    // within an hour.
    sim.chance_of(fault_kind::crash_in_request, 0.03);
    sim.chance_of(fault_kind::pause, 0.03);
}

} // namespace

scenario node_is_silent_for_a_minute()
{
    return {"node is silent for a minute", [](simulation& sim) { declare_silence(sim, true); }, 30};
}

scenario node_is_silent_for_good()
{
    return {"node is silent for good", [](simulation& sim) { declare_silence(sim, false); }, 30};
}

} // namespace cluster_simulation
