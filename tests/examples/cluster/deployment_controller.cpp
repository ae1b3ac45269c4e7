// SPDX-License-Identifier: BSL-1.0
#include "cluster/deployment_controller.hpp"

#include "cluster/local_cluster.hpp"
#include "cluster/replica_set_controller.hpp"
#include "examples/cluster/workbench.hpp"
#include "resources/machine.hpp"

#include <converge/model/condition.hpp>

#include <doctest/doctest.h>

using namespace cluster_test;
using cluster::deployment;

namespace {

converge::object<deployment> three_of(cluster::rolling_update bounds)
{
    converge::object<deployment> made{"api"};
    made.spec.replicas = 3;
    made.spec.selector.match_labels["app"] = "api";
    made.spec.template_.metadata.labels["app"] = "api";
    made.spec.template_.spec.containers.push_back({.name = "main", .image = "api:1"});
    made.spec.strategy.rolling_update = std::move(bounds);
    return made;
}

} // namespace

TEST_CASE("a rollout goes on where both of its bounds come out as nothing")
{
    workbench bench;
    cluster::local_cluster all{bench.api};
    bench.world().start("cluster", [&] { return all.run(); });
    bench.create(objects::machine_type("small", "2", "4Gi", {}, "1", 1));
    bench.create(converge::object<cluster::machine>{"n1", {.machine_type = "small"}});
    bench.create(three_of({.max_unavailable = "25%", .max_surge = 0}));
    bench.pass(1min);
    auto found = *bench.find(converge::key<deployment>{"api"});
    REQUIRE(found.status.available_replicas == 3);
    found.spec.template_.spec.containers.front().image = "api:2";
    bench.run(bench.api.update(found));
    bench.pass(1min);
    found = *bench.find(converge::key<deployment>{"api"});
    CHECK(found.status.updated_replicas == 3);
    CHECK(found.status.replicas == 3);
    CHECK(found.status.available_replicas == 3);
}

TEST_CASE("a deployment that is recreated starts nothing new before the old has stopped")
{
    workbench bench;
    bench.start(cluster::deployment_controller());
    auto wanted = three_of({});
    wanted.spec.strategy.type = cluster::deployment_strategy_type::recreate;
    bench.create(wanted);
    bench.pass(1min);
    auto const sets = bench.all<cluster::replica_set>();
    REQUIRE(sets.size() == 1);
    auto old = *sets.front();
    CHECK(old.spec.replicas == 3);
    old.status.observed_generation = old.metadata.generation;
    old.status.replicas = 3;
    bench.run(bench.api.update_status(old));

    auto next = *bench.find(converge::key<deployment>{"api"});
    next.spec.template_.spec.containers.front().image = "api:2";
    bench.run(bench.api.update(next));
    bench.pass(1min);
    auto const asked = [&bench, name = old.metadata.name] {
        int of_others = 0;
        for (auto const& each : bench.all<cluster::replica_set>())
            of_others += each->metadata.name == name ? 0 : each->spec.replicas;
        return of_others;
    };
    old = *bench.find(old.key());
    CHECK(old.spec.replicas == 0);
    CHECK(asked() == 0);
    old.status.observed_generation = old.metadata.generation;
    old.status.replicas = 0;
    bench.run(bench.api.update_status(old));
    bench.pass(1min);
    CHECK(asked() == 3);
}

TEST_CASE("a deployment of no replicas is available, and says so for the right reason")
{
    workbench bench;
    bench.start(cluster::deployment_controller(), cluster::replica_set_controller());
    auto wanted = three_of({});
    wanted.spec.replicas = 0;
    bench.create(wanted);
    bench.pass(1min);
    auto const found = bench.find(converge::key<deployment>{"api"});
    auto const* const available = find_condition(found->status.conditions, "Available");
    REQUIRE(available != nullptr);
    CHECK(available->status == "True");
    CHECK(available->reason == "MinimumReplicasAvailable");
}
