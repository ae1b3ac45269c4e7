// SPDX-License-Identifier: BSL-1.0
#include "cluster/machine_provisioner.hpp"

#include "cluster/autoscaler_controller.hpp"
#include "cluster/local_cluster.hpp"
#include "cluster/scheduler_controller.hpp"
#include "examples/cluster/workbench.hpp"
#include "resources/autoscaler.hpp"

#include <converge/model/condition.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>

using namespace cluster_test;
using cluster::autoscaler;
using cluster::machine;
using cluster::machine_phase;
using cluster::verdict_code;

namespace {

/// Its machines come up at once, and nothing ever runs on them.
class dead_provider final : public cluster::machine_provider {
public:
    task<cluster::provided_machine> create(std::string token,
                                           converge::object_ptr<cluster::machine_type>) override
    {
        tokens.insert(token);
        asked.insert(token);
        co_return running(token);
    }
    task<std::optional<cluster::provided_machine>> find(std::string token) override
    {
        std::optional<cluster::provided_machine> found;
        if (tokens.contains(token))
            found = running(token);
        co_return found;
    }
    task<> remove(std::string token) override
    {
        tokens.erase(token);
        co_return;
    }

    std::set<std::string> tokens;
    /// All that there ever were.
    std::set<std::string> asked;

private:
    static cluster::provided_machine running(std::string const& token)
    {
        cluster::provided_machine seen;
        seen.provider_id = "dead://" + token;
        seen.running = true;
        return seen;
    }
};

converge::object<machine> machine_of(std::string name, std::string type)
{
    return converge::object<machine>{std::move(name), {.machine_type = std::move(type)}};
}

machine_phase phase_of(workbench& bench, std::string name)
{
    return bench.find(converge::key<machine>{std::move(name)})->status.phase;
}

std::string types_of(std::set<std::string> const& machines)
{
    std::string types;
    for (auto const& each : machines)
        types += (types.empty() ? "" : " ") + each.substr(0, each.rfind('-'));
    return types;
}

} // namespace

TEST_CASE("the machine type that was missing wakes the machines that waited for it")
{
    workbench bench;
    dead_provider provider;
    bench.start(cluster::machine_provisioner(provider));
    bench.create(machine_of("n1", "small"));
    bench.create(machine_of("n2", "large"));
    bench.pass(20min);
    CHECK(phase_of(bench, "n1") == machine_phase::pending);
    CHECK(bench.told("n1", "UnknownMachineType").starts_with("machine type \"small\" is not on"));
    bench.create(objects::machine_type("small", "2", "4Gi", {}, "1", 1));
    bench.pass(1s);
    CHECK(phase_of(bench, "n1") == machine_phase::running);
    CHECK(phase_of(bench, "n2") == machine_phase::pending);
}

TEST_CASE("a machine that is no ready node in time is given up, and its type left alone a while")
{
    workbench bench;
    dead_provider provider;
    bench.create(objects::machine_type("small", "2", "4Gi", {}, "1", 3));
    bench.create(objects::machine_type("large", "8", "16Gi", {}, "9", 3));
    converge::object<autoscaler> scaling{"default"};
    scaling.spec.provision_timeout_seconds = 100;
    bench.create(scaling);
    bench.create(objects::pod("p", "1", "1Gi"));
    bench.start(cluster::machine_provisioner(provider), cluster::autoscaler_controller(),
                cluster::scheduler_controller());
    auto const verdict = [&] {
        auto const all = bench.find(converge::key<autoscaler>{"default"})->status.verdicts;
        REQUIRE(all.size() == 1);
        return all.front();
    };
    bench.pass(99s);
    REQUIRE(provider.tokens.size() == 1);
    auto const first = *provider.tokens.begin();
    CHECK(types_of(provider.asked) == "small");
    CHECK(phase_of(bench, first) == machine_phase::running);

    bench.pass(3s);
    CHECK(phase_of(bench, first) == machine_phase::failed);
    CHECK(bench.told(first, "ScaleUpTimedOut") == "no ready node after 100 s; given up");
    CHECK(types_of(provider.tokens) == "large");
    CHECK(verdict().code == verdict_code::waiting_for_machine);

    bench.pass(100s);
    CHECK(provider.tokens.empty());
    CHECK(verdict().code == verdict_code::machine_type_unavailable);
    CHECK(verdict().message.find("small is not used for now: ") != std::string::npos);

    // Five minutes after the first failure its type is tried again, under a name of its own.
    bench.pass(220s);
    CHECK(types_of(provider.asked) == "large small small");
    // What was given up does not pile up.
    CHECK(bench.all<machine>().size() <= 3);
}

TEST_CASE("a machine whose node was ready once is never given up")
{
    workbench bench;
    cluster::local_cluster all{bench.api};
    bench.world().start("cluster", [&] { return all.run(); });
    bench.create(objects::machine_type("small", "2", "4Gi", {}, "1", 1));
    bench.create(machine_of("n1", "small"));
    bench.pass(10s);
    auto node = *bench.find(converge::key<cluster::node>{"n1"});
    CHECK(is_true(node.status.conditions, "Ready"));
    bench.pass(1h);
    CHECK(phase_of(bench, "n1") == machine_phase::running);
}

TEST_CASE("a machine that is removed takes its agent with it")
{
    workbench bench;
    cluster::local_cluster all{bench.api};
    bench.world().start("cluster", [&] { return all.run(); });
    bench.create(objects::machine_type("small", "2", "4Gi", {}, "1", 1));
    bench.create(machine_of("n1", "small"));
    bench.pass(10s);
    bench.run(bench.api.remove(converge::key<machine>{"n1"}));
    bench.pass(2min);
    auto const node = bench.find(converge::key<cluster::node>{"n1"});
    auto const* const ready = find_condition(node->status.conditions, "Ready");
    REQUIRE(ready != nullptr);
    CHECK(ready->status == "Unknown");

    bench.create(machine_of("n1", "small"));
    bench.pass(10s);
    CHECK(is_true(bench.find(converge::key<cluster::node>{"n1"})->status.conditions, "Ready"));
}
