// SPDX-License-Identifier: BSL-1.0
#include "scheduler/profile.hpp"

#include "../objects.hpp"
#include "scheduler/place.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace objects;
using cluster::node_selector_operator;
using cluster::taint_effect;

namespace {

/// The reasons against the only node, the primary one first; `plugin: detail`.
std::vector<std::string> objections(converge::object<cluster::node> on,
                                    converge::object<cluster::pod> to)
{
    std::vector<std::string> texts;
    auto const report = scheduling::place(info(std::move(to)), cluster_of(std::move(on)),
                                          scheduling::least_allocated_profile());
    for (auto const& each : report.nodes.front().obstacles)
        texts.push_back(each.plugin + ": " + each.detail);
    return texts;
}

using texts = std::vector<std::string>;

converge::object<cluster::pod> demanding(cluster::node_selector_requirement demand)
{
    auto made = pod("p", "1", "1Gi");
    cluster::node_selector_term const term{{std::move(demand)}, {}};
    made.spec.affinity.node_affinity.required_during_scheduling_ignored_during_execution =
        cluster::node_selector{{term}};
    return made;
}

converge::object<cluster::pod> tolerant(cluster::toleration toleration)
{
    auto made = pod("p", "1", "1Gi");
    made.spec.tolerations.push_back(std::move(toleration));
    return made;
}

converge::object<cluster::pod> on_host_port(std::string name, int port, std::string ip = "")
{
    auto made = pod(std::move(name), "100m", "1Mi");
    made.spec.containers.front().ports.push_back(
        {.container_port = port, .host_port = port, .host_ip = std::move(ip)});
    return made;
}

converge::object<cluster::pod> spread(std::string name, cluster::unsatisfiable_action action)
{
    auto made = pod(std::move(name), "100m", "1Mi");
    made.metadata.labels = {{"app", "web"}};
    cluster::topology_spread_constraint by_zone{};
    by_zone.topology_key = "zone";
    by_zone.when_unsatisfiable = action;
    by_zone.label_selector.match_labels = {{"app", "web"}};
    made.spec.topology_spread_constraints.push_back(std::move(by_zone));
    return made;
}

} // namespace

TEST_CASE("NodeUnschedulable keeps pods off cordoned nodes, unless they tolerate that")
{
    auto cordoned = node("n1", "2", "4Gi");
    cordoned.spec.unschedulable = true;
    CHECK(objections(cordoned, pod("p", "1", "1Gi")) ==
          texts{"NodeUnschedulable: the node is cordoned; \"kubectl uncordon n1\" opens it"});
    cluster::toleration all{};
    all.operator_ = cluster::toleration_operator::exists;
    CHECK(objections(cordoned, tolerant(all)).empty());
}

TEST_CASE("NodeReady keeps pods off nodes that are not, or not yet, ready")
{
    auto lost = node("n1", "2", "4Gi");
    lost.status.conditions.front().status = "Unknown";
    lost.status.conditions.front().message = "no heartbeat";
    CHECK(objections(lost, pod("p", "1", "1Gi")) ==
          texts{"NodeReady: Ready is Unknown: no heartbeat"});
    lost.status.conditions.clear();
    CHECK(objections(lost, pod("p", "1", "1Gi")) ==
          texts{"NodeReady: its agent has not reported yet"});
}

TEST_CASE("TaintToleration compares key, value and effect")
{
    auto tainted = node("n1", "2", "4Gi");
    tainted.spec.taints.push_back({"dedicated", "gpu", taint_effect::no_schedule});
    CHECK(objections(tainted, pod("p", "1", "1Gi")) ==
          texts{"TaintToleration: the pod does not tolerate dedicated=gpu:NoSchedule"});
    CHECK(objections(tainted, tolerant({.key = "dedicated", .value = "gpu"})).empty());
    CHECK_FALSE(objections(tainted, tolerant({.key = "dedicated", .value = "cpu"})).empty());
    CHECK_FALSE(objections(tainted, tolerant({.key = "dedicated",
                                              .value = "gpu",
                                              .effect = taint_effect::no_execute}))
                    .empty());
}

TEST_CASE("TaintToleration prefers nodes without taints that the pod does not tolerate")
{
    auto disliked = node("n1", "2", "4Gi");
    disliked.spec.taints.push_back({"spot", "", taint_effect::prefer_no_schedule});
    auto const report =
        scheduling::place(info(pod("p", "1", "1Gi")), cluster_of(disliked, node("n2", "2", "4Gi")),
                          scheduling::least_allocated_profile());
    CHECK(report.node == "n2");
    CHECK(report.nodes.front().fits());
}

TEST_CASE("NodeAffinity knows all operators")
{
    auto const labelled = node("n1", "2", "4Gi", {{"disk", "ssd"}, {"cores", "8"}});
    using op = node_selector_operator;
    CHECK(objections(labelled, demanding({"disk", op::in, {"nvme", "ssd"}})).empty());
    CHECK(objections(labelled, demanding({"disk", op::in, {"nvme", "hdd"}})) ==
          texts{"NodeAffinity: label disk: needs nvme or hdd, has ssd"});
    CHECK(objections(labelled, demanding({"disk", op::not_in, {"ssd"}})) ==
          texts{"NodeAffinity: label disk: needs not ssd, has ssd"});
    CHECK(objections(labelled, demanding({"zone", op::not_in, {"a"}})).empty());
    CHECK(objections(labelled, demanding({"zone", op::exists, {}})) ==
          texts{"NodeAffinity: label zone: needs any value, has none"});
    CHECK_FALSE(objections(labelled, demanding({"disk", op::does_not_exist, {}})).empty());
    CHECK(objections(labelled, demanding({"cores", op::gt, {"7"}})).empty());
    CHECK_FALSE(objections(labelled, demanding({"cores", op::gt, {"8"}})).empty());
    CHECK(objections(labelled, demanding({"cores", op::lt, {"10"}})).empty());
    CHECK_FALSE(objections(labelled, demanding({"disk", op::lt, {"10"}})).empty());
}

TEST_CASE("NodeAffinity takes any of its terms and reports the nearest")
{
    auto wanting = demanding({"disk", node_selector_operator::in, {"nvme"}});
    auto& terms = wanting.spec.affinity.node_affinity
                      .required_during_scheduling_ignored_during_execution->node_selector_terms;
    terms.front().match_expressions.push_back({"zone", node_selector_operator::exists, {}});
    terms.push_back({{}, {{"metadata.name", node_selector_operator::in, {"n1"}}}});
    CHECK(objections(node("n1", "2", "4Gi"), wanting).empty());
    CHECK(objections(node("n2", "2", "4Gi"), wanting) ==
          texts{"NodeAffinity: label metadata.name: needs n1, has n2"});
    terms.clear();
    CHECK_FALSE(objections(node("n1", "2", "4Gi"), wanting).empty());
}

TEST_CASE("NodeAffinity prefers the nodes with the larger sum of weights")
{
    auto wanting = pod("p", "1", "1Gi");
    auto& preferred =
        wanting.spec.affinity.node_affinity.preferred_during_scheduling_ignored_during_execution;
    preferred.push_back({10, {{{"disk", node_selector_operator::in, {"ssd"}}}, {}}});
    preferred.push_back({30, {{{"zone", node_selector_operator::in, {"b"}}}, {}}});
    auto const cluster = cluster_of(node("n1", "2", "4Gi", {{"disk", "ssd"}}),
                                    node("n2", "2", "4Gi", {{"zone", "b"}}));
    CHECK(scheduling::place(info(wanting), cluster, scheduling::least_allocated_profile()).node ==
          "n2");
}

TEST_CASE("NodePorts refuses a host port that is taken, on the same or on all addresses")
{
    auto const cluster =
        cluster_of(node("n1", "2", "4Gi"), bound(on_host_port("a", 80, "127.0.0.1"), "n1"));
    auto const fits = [&](converge::object<cluster::pod> to) {
        return scheduling::place(info(std::move(to)), cluster,
                                 scheduling::least_allocated_profile())
            .placed();
    };
    CHECK_FALSE(fits(on_host_port("b", 80)));
    CHECK_FALSE(fits(on_host_port("b", 80, "127.0.0.1")));
    CHECK(fits(on_host_port("b", 80, "127.0.0.2")));
    CHECK(fits(on_host_port("b", 81)));
}

TEST_CASE("NodeResourcesFit counts pods and countable resources")
{
    auto small = node("n1", "2", "4Gi");
    small.status.capacity["pods"] = converge::quantity::of(1);
    auto const cluster = cluster_of(small, bound(pod("a", "100m", "1Mi"), "n1"));
    auto const report = scheduling::place(info(pod("b", "100m", "1Mi")), cluster,
                                          scheduling::least_allocated_profile());
    CHECK(report.summary() == "0/1 nodes are available: 1 Too many pods.");

    auto wanting = pod("p", "100m", "1Mi");
    wanting.spec.containers.front().resources.requests["example.com/gpu"] = amount("2");
    CHECK(objections(node("n1", "2", "4Gi"), wanting) ==
          texts{"NodeResourcesFit: needs 2, free 0 (capacity 0, used 0)"});
    auto with_gpu = node("n1", "2", "4Gi");
    with_gpu.status.capacity["example.com/gpu"] = amount("2");
    CHECK(objections(with_gpu, wanting).empty());
}

TEST_CASE("a pod without requests fits on a full node")
{
    auto wanting = pod("p", "1", "1Gi");
    wanting.spec.containers.front().resources.requests.clear();
    auto const cluster = cluster_of(node("n1", "2", "4Gi"), bound(pod("all", "2", "4Gi"), "n1"));
    CHECK(
        scheduling::place(info(wanting), cluster, scheduling::least_allocated_profile()).placed());
}

TEST_CASE("PodTopologySpread keeps domains within maxSkew")
{
    using enum cluster::unsatisfiable_action;
    auto cluster = cluster_of(node("n1", "8", "16Gi", {{"zone", "a"}}),
                              node("n2", "2", "4Gi", {{"zone", "b"}}), node("n3", "64", "64Gi"));
    std::vector<std::string> placed;
    for (auto const* const name : {"w-0", "w-1", "w-2", "w-3"}) {
        auto const each = spread(name, do_not_schedule);
        auto const report =
            scheduling::place(info(each), cluster, scheduling::least_allocated_profile());
        placed.push_back(report.node);
        cluster.assume(each, report.node);
    }
    CHECK(std::count(placed.begin(), placed.end(), "n1") == 2);
    CHECK(std::count(placed.begin(), placed.end(), "n2") == 2);
}

TEST_CASE("PodTopologySpread with ScheduleAnyway prefers the emptier domain")
{
    using enum cluster::unsatisfiable_action;
    auto const first = spread("w-0", schedule_anyway);
    auto const cluster = cluster_of(node("n1", "8", "16Gi", {{"zone", "a"}}),
                                    node("n2", "8", "16Gi", {{"zone", "b"}}), bound(first, "n1"));
    auto const report = scheduling::place(info(spread("w-1", schedule_anyway)), cluster,
                                          scheduling::least_allocated_profile());
    CHECK(report.node == "n2");
    CHECK(report.nodes.front().fits());
}
