// SPDX-License-Identifier: BSL-1.0
#include "cluster/node_agent.hpp"

#include "cluster/dns_controller.hpp"
#include "cluster/modelled_runtime.hpp"
#include "examples/cluster/workbench.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"

#include <converge/model/condition.hpp>
#include <converge/model/finalizers.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace cluster_test;
using cluster::node;
using cluster::pod;

namespace {

/// The agent of n1, a machine with room for two of these pods.
void start_agent(workbench& bench, std::shared_ptr<cluster::container_runtime> runtime)
{
    auto const type = objects::shared(objects::machine_type("small", "2", "4Gi", {}, "1", 1));
    bench.world().start("agent-n1", [&bench, type, runtime] {
        return cluster::run_node_agent(bench.api, "n1", type, runtime);
    });
}

converge::object<pod> pod_on_n1(std::string name)
{
    return objects::bound(objects::pod(std::move(name), "900m", "1Gi"), "n1");
}

bool is_accepted(workbench& bench, std::string name)
{
    auto const found = bench.find(converge::key<pod>{std::move(name)});
    return found->spec.node_name == "n1" &&
           has_finalizer(found->metadata, cluster::agent_finalizer);
}

} // namespace

TEST_CASE("an agent registers its node again when somebody has removed it")
{
    workbench bench;
    start_agent(bench, std::make_shared<cluster::modelled_runtime>(200ms));
    bench.pass(1min);
    converge::key<node> const id{"n1"};
    auto const before = bench.find(id);
    REQUIRE(before != nullptr);
    bench.run(bench.api.remove(id));
    bench.pass(10s);
    auto const after = bench.find(id);
    REQUIRE(after != nullptr);
    CHECK(after->metadata.uid != before->metadata.uid);
    CHECK(is_true(after->status.conditions, cluster::node_condition::ready));
}

TEST_CASE("an agent that starts stops what runs for pods that are gone, and nothing else")
{
    workbench bench;
    auto const runtime = std::make_shared<cluster::modelled_runtime>(200ms);
    auto kept = pod_on_n1("kept");
    add_finalizer(kept.metadata, cluster::agent_finalizer);
    kept = bench.create(kept);
    bench.run(runtime->ensure(objects::shared(kept), "10.244.0.2"));
    bench.run(runtime->ensure(objects::shared(pod_on_n1("gone")), "10.244.0.3"));
    start_agent(bench, runtime);
    bench.pass(1min);
    auto const all = bench.run(runtime->list());
    REQUIRE(all.size() == 1);
    CHECK(all.front().pod == kept.metadata.uid);
}

TEST_CASE("a pod that has ended is not started again, and takes no room from another")
{
    workbench bench;
    bench.start(cluster::pod_dns_controller());
    auto const runtime = std::make_shared<cluster::modelled_runtime>(200ms);
    for (auto const* const name : {"ended-1", "ended-2"}) {
        auto made = pod_on_n1(name);
        add_finalizer(made.metadata, cluster::agent_finalizer);
        made = bench.create(made);
        made.status.phase = cluster::pod_phase::succeeded;
        bench.run(bench.api.update_status(made));
    }
    start_agent(bench, runtime);
    bench.create(pod_on_n1("next"));
    bench.pass(1min);
    CHECK(is_accepted(bench, "next"));
    auto const all = bench.run(runtime->list());
    REQUIRE(all.size() == 1);
    CHECK(all.front().pod == bench.find(converge::key<pod>{"next"})->metadata.uid);
}
