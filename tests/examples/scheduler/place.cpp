// SPDX-License-Identifier: BSL-1.0
#include "scheduler/place.hpp"

#include "../objects.hpp"
#include "scheduler/balanced_allocation.hpp"
#include "scheduler/least_allocated.hpp"
#include "scheduler/most_allocated.hpp"
#include "scheduler/node_resources_fit.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace objects;
using scheduling::least_allocated_profile;
using scheduling::place;

namespace {

/// Scenario 5.
scheduling::cluster_snapshot two_nodes()
{
    return cluster_of(node("a", "4000m", "8192Mi"), node("b", "8000m", "16384Mi"),
                      bound(pod("on-a", "1000m", "2048Mi"), "a"),
                      bound(pod("on-b", "4000m", "4096Mi"), "b"));
}

scheduling::placement_report scored(scheduling::profile const& plugins)
{
    return place(info(pod("new", "500m", "512Mi")), two_nodes(), plugins);
}

} // namespace

TEST_CASE("scenario 1: two instances fill the node and the third says by how much it does not fit")
{
    auto cluster = cluster_of(node("n1", "2000m", "4096Mi", {{"disk", "ssd"}}));
    for (auto const* const name : {"api-0", "api-1"}) {
        auto const each = pod(name, "900m", "1024Mi", {{"disk", "ssd"}});
        auto const report = place(info(each), cluster, least_allocated_profile());
        CHECK(report.node == "n1");
        cluster.assume(each, report.node);
    }
    auto const report = place(info(pod("api-2", "900m", "1024Mi", {{"disk", "ssd"}})), cluster,
                              least_allocated_profile());
    CHECK_FALSE(report.placed());
    CHECK(report.summary() == "0/1 nodes are available: 1 Insufficient cpu.");
    CHECK(report.detail() ==
          "n1: Insufficient cpu: needs 900m, free 200m (capacity 2, used 1800m)");
    CHECK(report.preemption_may_help());
}

TEST_CASE("scenario 3: a pod for another disk says which label each node has instead")
{
    auto const cluster = cluster_of(node("n1", "2", "4Gi", {{"disk", "hdd"}}));
    auto const report = place(info(pod("api", "900m", "1Gi", {{"disk", "ssd"}})), cluster,
                              least_allocated_profile());
    CHECK(report.summary() ==
          "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.");
    CHECK(report.detail() == "n1: node(s) didn't match Pod's node affinity/selector: label disk: "
                             "needs ssd, has hdd");
    CHECK_FALSE(report.preemption_may_help());
}

TEST_CASE("scenario 5: least allocated scores 65 and 57, most allocated 34 and 42")
{
    auto const least = scored(scheduling::profile{}.score<scheduling::least_allocated>(1));
    CHECK(least.nodes[0].total_score == 65);
    CHECK(least.nodes[1].total_score == 57);
    CHECK(least.node == "a");
    auto const most = scored(scheduling::profile{}.score<scheduling::most_allocated>(1));
    CHECK(most.nodes[0].total_score == 34);
    CHECK(most.nodes[1].total_score == 42);
    CHECK(most.node == "b");
}

TEST_CASE("scenario 5: balanced allocation scores 73 and 74, and the sums 138 and 131 choose a")
{
    auto const balanced = scored(scheduling::profile{}.score<scheduling::balanced_allocation>(1));
    CHECK(balanced.nodes[0].total_score == 73);
    CHECK(balanced.nodes[1].total_score == 74);
    auto const both = scored(scheduling::profile{}
                                 .score<scheduling::least_allocated>(1)
                                 .score<scheduling::balanced_allocation>(1));
    CHECK(both.nodes[0].total_score == 138);
    CHECK(both.nodes[1].total_score == 131);
    CHECK(both.node == "a");
    CHECK(scored(least_allocated_profile()).node == "a");
    CHECK(scored(scheduling::most_allocated_profile()).node == "b");
}

TEST_CASE("weights multiply scores")
{
    auto const weighted = scored(scheduling::profile{}.score<scheduling::least_allocated>(3));
    CHECK(weighted.nodes[0].total_score == 195);
    CHECK(weighted.nodes[0].scores ==
          std::vector<scheduling::plugin_score>{{"LeastAllocated", 65, 3}});
}

TEST_CASE("of equal nodes the first by name is chosen, whatever the order of arrival")
{
    auto const cluster =
        cluster_of(node("n3", "2", "4Gi"), node("n1", "2", "4Gi"), node("n2", "2", "4Gi"));
    CHECK(place(info(pod("p", "1", "1Gi")), cluster, least_allocated_profile()).node == "n1");
}

TEST_CASE("primary reasons count every node once, although a node may have several reasons")
{
    auto cordoned = node("n1", "1", "1Gi");
    cordoned.spec.unschedulable = true;
    auto const cluster = cluster_of(cordoned, node("n2", "1", "1Gi"), node("n3", "8", "1Gi"),
                                    node("n4", "8", "16Gi", {{"disk", "hdd"}}));
    auto const report =
        place(info(pod("p", "4", "8Gi", {{"disk", "ssd"}})), cluster, least_allocated_profile());
    CHECK(report.summary() == "0/4 nodes are available: 3 node(s) didn't match Pod's node "
                              "affinity/selector, 1 node(s) were unschedulable.");
    REQUIRE(report.nodes.size() == 4);
    CHECK(report.nodes[0].obstacles.size() == 4);
    CHECK(report.nodes[3].obstacles.size() == 1);
}

TEST_CASE("a report names all that a node lacks, with numbers")
{
    auto const report = place(info(pod("p", "4", "8Gi")), cluster_of(node("n1", "1", "1Gi")),
                              least_allocated_profile());
    CHECK(report.detail() ==
          "n1: Insufficient cpu: needs 4, free 1 (capacity 1, used 0); "
          "also Insufficient memory: needs 8Gi, free 1Gi (capacity 1Gi, used 0)");
    REQUIRE(report.nodes.front().obstacles.size() == 2);
    auto const& memory = report.nodes.front().obstacles.back();
    CHECK(memory.resource == "memory");
    CHECK(memory.needs == "8Gi");
    CHECK(memory.offers == "1Gi");
    CHECK(memory.short_ == "7Gi");
    CHECK_FALSE(report.preemption_may_help());
}

TEST_CASE("without nodes a pod is told so")
{
    auto const report = place(info(pod("p", "1", "1Gi")), cluster_of(), least_allocated_profile());
    CHECK_FALSE(report.placed());
    CHECK(report.summary() == "no nodes available to schedule pods.");
    CHECK(report.detail().empty());
}

TEST_CASE("only the filters of the profile decide")
{
    auto const cluster = cluster_of(node("n1", "2", "4Gi", {{"disk", "hdd"}}));
    auto const wanting = info(pod("p", "1", "1Gi", {{"disk", "ssd"}}));
    CHECK(place(wanting, cluster, scheduling::profile{}.filter<scheduling::node_resources_fit>())
              .placed());
    CHECK_FALSE(place(wanting, cluster, least_allocated_profile()).placed());
}
