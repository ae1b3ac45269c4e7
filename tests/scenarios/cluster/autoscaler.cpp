// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "autoscaler/node_from_machine_type.hpp"
#include "cluster/autoscaler_controller.hpp"
#include "cluster/create_unless_there.hpp"
#include "resources/autoscaler.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <functional>
#include <string>

namespace cluster_simulation {

namespace {

/// Stands for provider and agent: a machine is a ready node a few seconds after it was asked for.
[[nodiscard]] task<converge::outcome> switch_on(client api, object<cluster::machine> of)
{
    if (of.status.phase == cluster::machine_phase::pending) {
        of.status.phase = cluster::machine_phase::booting;
        co_await api.update_status(of);
        co_return converge::again_in(3s);
    }
    auto const rendered = autoscaling::node_from_machine_type(ssd_small(), of.metadata.name);
    co_await cluster::create_unless_there(api, rendered);
    auto ready = *co_await api.get(rendered.key());
    if (ready.status.conditions.empty()) {
        ready.status = rendered.status;
        co_await api.update_status(ready);
    }
    of.status.phase = cluster::machine_phase::running;
    co_await api.update_status(of);
    co_return converge::settled();
}

/// Three that fit on two machines. One of them is removed, and made again: the need is the same.
[[nodiscard]] task<> need_machines(client api)
{
    co_await api.apply(ssd_small());
    object<cluster::autoscaler> const options{"default"};
    co_await api.apply(options);
    co_await add_refused(api, "a");
    co_await add_refused(api, "b");
    co_await add_refused(api, "c");
    co_await converge::sleep_for(20s);
    co_await api.remove(key<cluster::pod>{"a"});
    co_await converge::sleep_for(3s);
    co_await add_refused(api, "a");
}

[[nodiscard]] std::string need_is_met(snapshot const& now)
{
    auto const machines = now.all<cluster::machine>().size();
    if (machines != 2)
        return "there are " + std::to_string(machines) + " machines";
    auto const self = now.find(key<cluster::autoscaler>{"default"});
    if (self->status.machines != 2 || self->status.verdicts.size() != 3)
        return "the status of the Autoscaler is about something else";
    for (auto const& verdict : self->status.verdicts)
        if (verdict.code != cluster::verdict_code::fits_existing_node)
            return "the verdict on Pod " + verdict.name + " is wrong";
    return {};
}

void declare_scaling(simulation& sim)
{
    sim.plane("autoscaler", [](client api) {
        return converge::run(std::move(api), cluster::autoscaler_controller());
    });
    sim.plane("machines", [](client api) {
        converge::controller<cluster::machine> const machines{switch_on};
        return converge::run(std::move(api), machines.named("machines"));
    });
    sim.user("kubectl", need_machines);
    sim.eventually("the need is met", need_is_met);
    sim.always("no machine twice for one need", machines_in_all{2});
}

} // namespace

scenario autoscaler_meets_need() { return {"autoscaler meets need", declare_scaling, 100}; }

} // namespace cluster_simulation
