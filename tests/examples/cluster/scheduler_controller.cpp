// SPDX-License-Identifier: BSL-1.0
#include "cluster/scheduler_controller.hpp"

#include "cluster/autoscaler_controller.hpp"
#include "examples/cluster/workbench.hpp"

#include <converge/model/condition.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace cluster_test;
using cluster::pod;

namespace {

converge::object<pod> of_priority(std::string name, int priority)
{
    auto made = objects::pod(std::move(name), "1", "1Gi");
    made.spec.priority = priority;
    return made;
}

std::string node_of(workbench& bench, std::string name)
{
    return bench.find(converge::key<pod>{std::move(name)})->spec.node_name;
}

/// What the agent of a node does with a pod that does not fit there.
void give_back(workbench& bench, std::string name)
{
    auto returned = *bench.find(converge::key<pod>{std::move(name)});
    returned.spec.node_name.clear();
    returned = *bench.run(bench.api.update(returned));
    remove_condition(returned.status.conditions, cluster::pod_condition::scheduled);
    // The scheduler may have answered already.
    returned.metadata.resource_version = {};
    bench.run(bench.api.update_status(returned));
}

} // namespace

TEST_CASE("of the pods that wait, the one of the highest priority gets the room")
{
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        CAPTURE(seed);
        workbench bench{seed};
        bench.create(of_priority("a", 0));
        bench.create(of_priority("b", 5));
        bench.create(of_priority("c", 0));
        bench.start(cluster::scheduler_controller());
        bench.pass(10s);
        bench.add_node(objects::node("n1", "1", "1Gi"));
        bench.pass(10s);
        CHECK(node_of(bench, "b") == "n1");
        CHECK(node_of(bench, "a").empty());
        bench.add_node(objects::node("n2", "1", "1Gi"));
        bench.pass(10s);
        CHECK(node_of(bench, "a") + node_of(bench, "c") == "n2");
    }
}

TEST_CASE("a pod that its agent gave back does not stand in its own way")
{
    workbench bench;
    bench.add_node(objects::node("n1", "1", "1Gi"));
    bench.start(cluster::scheduler_controller());
    bench.create(of_priority("p", 0));
    bench.pass(1s);
    REQUIRE(node_of(bench, "p") == "n1");
    give_back(bench, "p");
    bench.pass(10s);
    CHECK(node_of(bench, "p") == "n1");
}

TEST_CASE("a gated pod says what it waits for, gets no machine, and goes on when the gate opens")
{
    workbench bench;
    bench.add_node(objects::node("n1", "1", "1Gi"));
    bench.create(converge::object<cluster::autoscaler>{"default"});
    bench.start(cluster::scheduler_controller(), cluster::autoscaler_controller());
    auto gated = of_priority("p", 0);
    gated.spec.scheduling_gates = {{"quota"}, {"licence"}};
    bench.create(gated);
    bench.pass(10s);
    auto found = *bench.find(converge::key<pod>{"p"});
    auto const* const said = find_condition(found.status.conditions, "PodScheduled");
    REQUIRE(said != nullptr);
    CHECK(said->status == "False");
    CHECK(said->reason == "SchedulingGated");
    CHECK(said->message == "waits for the scheduling gates quota, licence");
    auto const scaling = bench.find(converge::key<cluster::autoscaler>{"default"});
    CHECK(scaling->status.verdicts.empty());

    found.spec.scheduling_gates.clear();
    bench.run(bench.api.update(found));
    bench.pass(10s);
    CHECK(node_of(bench, "p") == "n1");
}
