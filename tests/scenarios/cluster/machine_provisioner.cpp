// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "autoscaler/node_from_machine_type.hpp"
#include "cluster/create_unless_there.hpp"
#include "cluster/machine_provisioner.hpp"
#include "resources/autoscaler.hpp"
#include "scenarios/cluster/disturbed_provider.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/manager/run.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace cluster_simulation {

namespace {

/// Stands for an agent: registers its node, and does not come back from a fault by itself.
[[nodiscard]] task<> register_node(client api, object<cluster::node> rendered)
{
    for (;;) {
        auto const made = co_await cluster::attempted(cluster::create_unless_there(api, rendered));
        auto const there = co_await cluster::attempted(api.get(rendered.key()));
        if (made && there) {
            auto ready = **there;
            ready.status = rendered.status;
            auto const told = co_await cluster::attempted(api.update_status(ready));
            if (told)
                co_return;
        }
        co_await converge::sleep_for(1s);
    }
}

[[nodiscard]] object<cluster::machine_type> never_boots()
{
    auto made = objects::machine_type("dead", "2", "4Gi", {}, "1", 3);
    made.spec.boot_delay_milliseconds = 24 * 3600 * 1000;
    return made;
}

/// Two machines that run, one of a type that is only offered later, and one that never boots; one
/// is removed, and made again under its name.
[[nodiscard]] task<> ask_for_machines(client api)
{
    object<cluster::autoscaler> options{"default"};
    options.spec.provision_timeout_seconds = 400;
    co_await api.apply(options);
    co_await api.apply(ssd_small());
    co_await api.apply(never_boots());
    co_await api.create(machine_of("m1", "ssd-small"));
    co_await api.create(machine_of("m2", "ssd-small"));
    co_await api.create(machine_of("late", "large"));
    co_await api.create(machine_of("dead", "dead"));
    co_await converge::sleep_for(20s);
    co_await api.remove(key<cluster::machine>{"m2"});
    // If it goes soon enough: faults go on as long as this does.
    bool there = true;
    for (int tries = 0; there && tries != 6; ++tries) {
        co_await converge::sleep_for(5s);
        auto const again = co_await cluster::attempted(api.create(machine_of("m2", "ssd-small")));
        there = !again;
    }
    auto large = ssd_small();
    large.metadata.name = "large";
    co_await api.apply(large);
}

[[nodiscard]] std::string all_provided(snapshot const& now, disturbed_provider& provider)
{
    std::size_t running = 0;
    for (auto const& each : now.all<cluster::machine>()) {
        bool const lives = each->metadata.name != "dead";
        if (lives != (each->status.phase == cluster::machine_phase::running) ||
            lives == (each->status.phase == cluster::machine_phase::failed) ||
            lives != is_true(each->status.conditions, cluster::machine_condition::provisioned))
            return "Machine " + each->metadata.name + " is in a wrong phase";
        running += lives ? 1 : 0;
    }
    if (running < 2)
        return std::to_string(running) + " machines run";
    return provider.model().size() == running
               ? std::string{}
               : "the provider has " + std::to_string(provider.model().size()) + " machines";
}

/// A machine is made once for each Machine that ever had its name.
class made_once {
public:
    explicit made_once(std::shared_ptr<disturbed_provider> provider)
        : provider_{std::move(provider)}
    {}

    std::string operator()(snapshot const& now)
    {
        for (auto const& each : now.all<cluster::machine>())
            lives_[each->metadata.name].insert(each->metadata.uid.str());
        for (auto const& [token, times] : provider_->made())
            if (static_cast<std::size_t>(times) > lives_[token].size())
                return "machine " + token + " was made " + std::to_string(times) + " times";
        return {};
    }

private:
    std::shared_ptr<disturbed_provider> provider_;
    std::map<std::string, std::set<std::string>> lives_;
};

void declare_provisioning(simulation& sim)
{
    auto const provider = std::make_shared<disturbed_provider>(200ms);
    sim.plane("provisioner", [provider](client api) {
        return converge::run(std::move(api), cluster::machine_provisioner(*provider));
    });
    sim.environment("provider", [&sim, provider] {
        return provider->model().operate([&sim](cluster::modelled_provider::powered_machine on) {
            // It is switched off when its machine goes.
            sim.may_end("agent-" + on.name);
            sim.plane("agent-" + on.name, [on](client api) {
                return cluster::modelled_provider::run_on(
                    on.off, register_node(std::move(api),
                                          autoscaling::node_from_machine_type(*on.type, on.name)));
            });
        });
    });
    sim.user("kubectl", ask_for_machines);
    sim.eventually("all are provided",
                   [provider](snapshot const& now) { return all_provided(now, *provider); });
    sim.always("no machine is made twice", made_once{provider});
    // A provisioner that starts anew waits anew for what never boots.
    sim.rests_within(20min);
}

} // namespace

scenario provisioner_makes_machines()
{
    return {"provisioner makes machines", declare_provisioning, 75};
}

} // namespace cluster_simulation
