// SPDX-License-Identifier: BSL-1.0
#include "cluster/deployment_controller.hpp"

#include "cluster/local_cluster.hpp"
#include "examples/cluster/workbench.hpp"
#include "resources/machine.hpp"

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
