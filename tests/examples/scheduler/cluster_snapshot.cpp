// SPDX-License-Identifier: BSL-1.0
#include "scheduler/cluster_snapshot.hpp"

#include "../objects.hpp"

#include <doctest/doctest.h>

using namespace objects;

TEST_CASE("pods add to the sums of their node and take them away again")
{
    auto cluster = cluster_of(node("n1", "2", "4Gi"), bound(pod("a", "900m", "1Gi"), "n1"),
                              bound(pod("b", "300m", "512Mi"), "n1"));
    CHECK(cluster.find("n1")->used("cpu") == amount("1200m"));
    CHECK(cluster.find("n1")->free("memory") == amount("2560Mi"));
    CHECK(cluster.find("n1")->used("pods") == amount("2"));
    cluster.remove_pod({"default", "a"});
    CHECK(cluster.find("n1")->used("cpu") == amount("300m"));
    cluster.remove_pod({"default", "a"});
    CHECK(cluster.find("n1")->used("cpu") == amount("300m"));
}

TEST_CASE("another version of a pod replaces the first")
{
    auto cluster = cluster_of(node("n1", "2", "4Gi"), bound(pod("a", "900m", "1Gi"), "n1"),
                              bound(pod("a", "400m", "1Gi"), "n1"));
    CHECK(cluster.find("n1")->used("cpu") == amount("400m"));
    CHECK(cluster.find("n1")->pods().size() == 1);
}

TEST_CASE("a pod that ended or lost its node no longer counts")
{
    auto cluster = cluster_of(node("n1", "2", "4Gi"), bound(pod("a", "900m", "1Gi"), "n1"));
    auto ended = bound(pod("a", "900m", "1Gi"), "n1");
    ended.status.phase = cluster::pod_phase::succeeded;
    cluster.set_pod(shared(ended));
    CHECK(cluster.find("n1")->used("cpu").is_zero());
    cluster.assume(pod("b", "1", "1Gi"), "n1");
    CHECK(cluster.find("n1")->used("cpu") == amount("1"));
    cluster.set_pod(shared(pod("b", "1", "1Gi")));
    CHECK(cluster.find("n1")->used("cpu").is_zero());
}

TEST_CASE("a pod whose node comes later counts then, and again when the node returns")
{
    auto cluster = cluster_of(bound(pod("a", "900m", "1Gi"), "n1"), node("n1", "2", "4Gi"));
    CHECK(cluster.find("n1")->used("cpu") == amount("900m"));
    cluster.remove_node("n1");
    CHECK(cluster.find("n1") == nullptr);
    cluster.set_node(shared(node("n1", "2", "4Gi")));
    CHECK(cluster.find("n1")->used("cpu") == amount("900m"));
    cluster.remove_node("n1");
    cluster.remove_pod({"default", "a"});
    cluster.set_node(shared(node("n1", "2", "4Gi")));
    CHECK(cluster.find("n1")->used("cpu").is_zero());
}

TEST_CASE("a node keeps its pods when it changes, and may have less than they use")
{
    auto cluster = cluster_of(node("n1", "2", "4Gi"), bound(pod("a", "900m", "1Gi"), "n1"));
    cluster.set_node(shared(node("n1", "500m", "4Gi")));
    CHECK(cluster.find("n1")->free("cpu") == amount("-400m"));
}

TEST_CASE("allocatable counts where a node says it, capacity otherwise, and 110 pods unsaid")
{
    auto reserving = node("n1", "2", "4Gi");
    reserving.status.allocatable = amounts("1800m", "3Gi");
    auto const cluster = cluster_of(reserving, node("n2", "2", "4Gi"));
    CHECK(cluster.find("n1")->free("cpu") == amount("1800m"));
    CHECK(cluster.find("n2")->free("cpu") == amount("2"));
    CHECK(cluster.find("n2")->free("pods") == amount("110"));
}

TEST_CASE("a copy is independent")
{
    auto const cluster = cluster_of(node("n1", "2", "4Gi"));
    auto copy = cluster;
    copy.assume(pod("a", "1", "1Gi"), "n1");
    CHECK(cluster.find("n1")->used("cpu").is_zero());
    CHECK(copy.find("n1")->used("cpu") == amount("1"));
}
