// SPDX-License-Identifier: BSL-1.0
#include "cluster/narrator.hpp"

#include "examples/cluster/story_script.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using cluster::verdict_code;
using cluster_test::story_script;

namespace {

constexpr char const* shortage = "0/1 nodes are available: 1 Insufficient cpu.\n"
                                 "n1: Insufficient cpu: needs 900m, free 200m";

std::vector<int> numbers(cluster::narrator const& told)
{
    std::vector<int> found;
    for (auto const& each : told.steps())
        found.push_back(each.number);
    return found;
}

std::vector<std::uint64_t> revisions(cluster::narrator const& told)
{
    std::vector<std::uint64_t> found;
    for (auto const& each : told.steps())
        found.push_back(each.at.value());
    return found;
}

bool says(cluster::story_step const& step, std::string_view text)
{
    return (step.who + ": " + step.what + " - " + step.why).find(text) != std::string::npos;
}

/// A Deployment of three, of which two fit.
void begin(story_script& script)
{
    script.machine("n1", {}, "the first");
    script.ready_node("n1");
    script.deployment(3);
    script.replica_set(3);
    for (auto const* name : {"api-x-0", "api-x-1", "api-x-2"})
        script.create(name);
}

} // namespace

TEST_CASE("the story is told in seventeen steps, each with the revision that completed it")
{
    story_script script;
    script.machine("n1", {}, "the first");
    script.ready_node("n1");
    std::vector<std::uint64_t> expected;
    expected.push_back(script.deployment(3));
    script.replica_set(3);
    script.create("api-x-0");
    script.create("api-x-1");
    expected.push_back(script.create("api-x-2"));
    script.bind("api-x-0", "n1");
    script.say("api-x-0", "Scheduled", "assigned default/api-x-0 to n1");
    script.bind("api-x-1", "n1");
    expected.push_back(script.say("api-x-1", "Scheduled", "assigned default/api-x-1 to n1"));
    script.accept("api-x-0");
    script.accept("api-x-1");
    script.name("api-x-0", "10.244.0.2");
    expected.push_back(script.name("api-x-1", "10.244.0.3"));
    script.run("api-x-0", "10.244.0.2");
    expected.push_back(script.run("api-x-1", "10.244.0.3"));
    expected.push_back(script.condition("api-x-2", "PodScheduled", "False", shortage));
    expected.push_back(script.say("api-x-2", "FailedScheduling", shortage));
    expected.push_back(script.machine("m1", {"default/api-x-2"}, "no node has 900m cpu"));
    script.verdict("api-x-2", verdict_code::create_machine);
    expected.push_back(script.ready_node("m1"));
    expected.push_back(script.bind("api-x-2", "m1"));
    expected.push_back(script.say("api-x-2", "Scheduled", "assigned default/api-x-2 to m1"));
    expected.push_back(script.condition("api-x-2", "PodScheduled", "True"));
    expected.push_back(script.accept("api-x-2"));
    expected.push_back(script.name("api-x-2", "10.244.0.4"));
    expected.push_back(script.run("api-x-2", "10.244.0.4"));
    CHECK(script.narrated().next() == "16: the workload is available");
    expected.push_back(script.deployment(3, 3));

    auto told = script.narrated();
    CHECK(told.next() == "17: the loops go quiet");
    told.told_quiet("3 seconds");
    expected.push_back(expected.back());
    CHECK(numbers(told) == std::vector{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17});
    CHECK(revisions(told) == expected);
    CHECK(told.next().empty());

    auto const& steps = told.steps();
    CHECK(says(steps[0], "kubectl: the API server accepts and stores Deployment default/api"));
    CHECK(says(steps[2], "scheduler: Pods api-x-0, api-x-1 go to Node n1, which has disk=ssd"));
    CHECK(says(steps[3], "10.244.0.2 is api-x-0.default.pod.cluster.local"));
    CHECK(says(steps[3], "the cluster's own network"));
    CHECK(says(steps[4], "2 Running, 1 Pending: Pod api-x-2"));
    CHECK(says(steps[5], "Insufficient cpu: needs 900m, free 200m"));
    CHECK(says(steps[7], "autoscaler: Machine m1 of type ssd-small"));
    CHECK(says(steps[7], "no node has 900m cpu"));
    CHECK(says(steps[12], "agent-m1: Pod api-x-2 is accepted"));
    CHECK(says(steps[14], "Pod api-x-2 is Running at 10.244.0.4"));
    CHECK(says(steps[15], "3/3 ready"));
}

TEST_CASE("steps that come true early are told in their order, with revisions that never fall")
{
    story_script script;
    begin(script);
    script.place("api-x-0", "n1", "10.244.0.2");
    script.refuse("api-x-2", shortage);
    auto const early = script.machine("m1", {"default/api-x-2"}, "full");
    script.verdict("api-x-2", verdict_code::create_machine);
    CHECK(numbers(script.narrated()) == std::vector{1, 2, 3, 4});
    auto const late = script.place("api-x-1", "n1", "10.244.0.3");
    CHECK(early < late);
    auto const told = script.narrated();
    CHECK(numbers(told) == std::vector{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(told.steps()[4].at.value() == late);
    CHECK(told.steps()[7].at.value() == late);
}

TEST_CASE("where there is room for all, nothing is told of machines")
{
    story_script script;
    begin(script);
    script.place("api-x-0", "n1", "10.244.0.2");
    script.place("api-x-1", "n1", "10.244.0.3");
    script.place("api-x-2", "n1", "10.244.0.4");
    script.deployment(3, 3);
    auto told = script.narrated();
    CHECK(told.facts().all_running());
    CHECK(numbers(told) == std::vector{1, 2, 3, 4, 16});
    told.told_quiet("3 seconds");
    CHECK(told.steps().back().number == 17);
}

TEST_CASE("where room comes free on a node that is there, no machine is invented")
{
    story_script script;
    begin(script);
    script.place("api-x-0", "n1", "10.244.0.2");
    script.place("api-x-1", "n1", "10.244.0.3");
    script.refuse("api-x-2", shortage);
    CHECK(script.narrated().next() == "8: the autoscaler decides to create a machine");
    script.place("api-x-2", "n1", "10.244.0.4");
    script.deployment(3, 3);
    CHECK(numbers(script.narrated()) ==
          std::vector{1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16});
}

TEST_CASE("an instance that nothing but a person can help stops the story before the machine")
{
    story_script script;
    script.ready_node("n1");
    script.deployment(1);
    script.replica_set(1);
    script.create("api-x-0");
    script.refuse("api-x-0", "0/1 nodes are available: 1 Insufficient memory.");
    CHECK_FALSE(script.narrated().facts().needs_a_person());
    script.verdict("api-x-0", verdict_code::no_machine_type_large_enough);
    auto const stuck = script.narrated();
    CHECK(numbers(stuck) == std::vector{1, 2, 5, 6, 7});
    CHECK(says(stuck.steps()[2], "0 Running, 1 Pending: Pod api-x-0"));
    CHECK(stuck.facts().needs_a_person());
    REQUIRE(stuck.facts().hopeless().size() == 1);
    CHECK(stuck.facts().hopeless().front()->message == "because of api-x-0");

    script.verdict("api-x-0", verdict_code::create_machine);
    script.machine("m1", {"default/api-x-0"}, "asked for");
    script.ready_node("m1");
    script.place("api-x-0", "m1", "10.244.0.2");
    script.deployment(1, 1);
    auto const cured = script.narrated();
    CHECK(numbers(cured) == std::vector{1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    CHECK_FALSE(cured.facts().needs_a_person());
    CHECK(cured.facts().hopeless().empty());
}

TEST_CASE("what is missing is named with the state that it is in")
{
    story_script script;
    begin(script);
    script.place("api-x-0", "n1", "10.244.0.2");
    script.refuse("api-x-2", "no room");
    script.machine("m1", {}, "");
    script.remove(converge::key<cluster::pod>{"api-x-1"});
    auto const told = script.narrated();
    CHECK_FALSE(told.facts().all_running());
    CHECK(told.facts().missing() ==
          std::vector<std::string>{"Deployment default/api: 0 of 3 instances are ready",
                                   "2 Pods are stored, 3 are wanted",
                                   "Pod default/api-x-2: Pending; PodScheduled is False: no room",
                                   "Machine m1: Pending", "Machine n1: Pending"});
}

TEST_CASE("quiet is not told before everything else")
{
    story_script script;
    begin(script);
    auto told = script.narrated();
    told.told_quiet("3 seconds");
    CHECK(numbers(told) == std::vector{1, 2});
}

TEST_CASE("who did a step is what the store says, not what the story expects")
{
    story_script script;
    script.machine("n1", {}, "the first");
    script.ready_node("n1");
    script.deployment(2, 0, "somebody");
    script.replica_set(2);
    script.say("api", "ScalingReplicaSet", "", "rollouts", "Deployment");
    script.create("api-x-0");
    script.create("api-x-1");
    script.bind("api-x-0", "n1");
    script.say("api-x-0", "Scheduled", "", "placer");
    script.accept("api-x-0");
    script.name("api-x-0", "10.244.0.2");
    script.say("api-x-0", "Started", "", "kubelet");
    script.run("api-x-0", "10.244.0.2");
    script.condition("api-x-1", "PodScheduled", "False", shortage);
    script.say("api-x-1", "FailedScheduling", shortage, "placer");
    script.machine("m1", {"default/api-x-1"}, "full");
    script.say("api-x-1", "TriggeredScaleUp", "", "grower");
    script.verdict("api-x-1", verdict_code::create_machine);
    script.ready_node("m1");
    script.bind("api-x-1", "m1");
    script.say("api-x-1", "Scheduled", "", "placer");
    script.condition("api-x-1", "PodScheduled", "True");
    script.accept("api-x-1");
    script.name("api-x-1", "10.244.0.3");
    script.say("api-x-1", "Started", "", "kubelet");
    script.run("api-x-1", "10.244.0.3");
    std::string who;
    auto const told = script.narrated();
    for (auto const& each : told.steps())
        who += std::to_string(each.number) + " " + each.who + "; ";
    CHECK(who == "1 somebody; 2 rollouts, replica-set; 3 placer; 4 dns; 5 kubelet, placer; "
                 "6 placer; 7 placer; 8 grower; 9 machine-provisioner, agent-m1; 10 placer; "
                 "11 placer; 12 placer; 13 agent-m1; 14 dns; 15 kubelet; ");
}

TEST_CASE("a machine that was given is nobody's decision, and a gated instance no shortage")
{
    story_script script;
    begin(script);
    script.machine("m1", {}, "");
    script.ready_node("m1");
    script.place("api-x-0", "n1", "10.244.0.2");
    script.place("api-x-1", "n1", "10.244.0.3");
    script.place("api-x-2", "m1", "10.244.0.4");
    script.deployment(3, 3);
    CHECK(numbers(script.narrated()) == std::vector{1, 2, 3, 4, 16});
    script.gate("api-x-2");
    CHECK(script.narrated().facts().refused().empty());
}
