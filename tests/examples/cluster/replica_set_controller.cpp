// SPDX-License-Identifier: BSL-1.0
#include "cluster/replica_set_controller.hpp"

#include "examples/cluster/workbench.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace cluster_test;
using cluster::pod;
using cluster::replica_set;

namespace {

converge::object<replica_set> set_of(int replicas)
{
    converge::object<replica_set> made{"web"};
    made.spec.replicas = replicas;
    return made;
}

std::set<std::string> owned(workbench& bench)
{
    std::set<std::string> names;
    for (auto const& each : bench.all<pod>())
        if (!each->metadata.owner_references.empty())
            names.insert(each->metadata.name);
    return names;
}

} // namespace

TEST_CASE("a foreign pod that has a replica's name is left alone, told of, and passed over")
{
    workbench bench;
    bench.create(objects::pod("web-1", "100m", "1Mi"));
    bench.create(set_of(2));
    bench.start(cluster::replica_set_controller());
    bench.pass(1min);
    CHECK(owned(bench) == std::set<std::string>{"web-0", "web-2"});
    CHECK(bench.find(converge::key<pod>{"web-1"})->metadata.owner_references.empty());
    CHECK(bench.told("web", "NameTaken").find("Pod default/web-1") != std::string::npos);
    CHECK(bench.find(converge::key<replica_set>{"web"})->status.replicas == 2);
}

TEST_CASE("a pod that was created before a crash is not created once more")
{
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        workbench bench{seed};
        bench.create(set_of(3));
        auto const plane = bench.start(cluster::replica_set_controller());
        bench.world().crash(plane, 1 + seed * 3, 1s);
        bench.pass(1min);
        CHECK(owned(bench) == std::set<std::string>{"web-0", "web-1", "web-2"});
        CHECK(bench.told("web", "NameTaken").empty());
    }
}
