// SPDX-License-Identifier: BSL-1.0
#include "autoscaler/decide.hpp"

#include "../objects.hpp"
#include "autoscaler/machine_name.hpp"
#include "scheduler/place.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace objects;
using cluster::verdict_code;

namespace {

/// The machine types of the acceptance scenarios.
autoscaling::scaling_input with_types(cluster::expander expander = cluster::expander::price)
{
    autoscaling::scaling_input input{};
    input.options.expander = expander;
    input.machine_types = {
        shared(machine_type("ssd-small", "2000m", "4096Mi", {{"disk", "ssd"}}, "10", 3)),
        shared(machine_type("hdd-small", "2000m", "4096Mi", {{"disk", "hdd"}}, "6", 3)),
        shared(machine_type("ssd-large", "8000m", "16384Mi", {{"disk", "ssd"}}, "40", 1))};
    return input;
}

autoscaling::scaling_input with_types_of(labels with)
{
    autoscaling::scaling_input input{};
    input.machine_types = {shared(machine_type("only", "2", "4Gi", std::move(with), "6", 3))};
    return input;
}

converge::object<cluster::pod> api(std::string name, char const* memory = "1024Mi",
                                   char const* disk = "ssd")
{
    return pod(std::move(name), "900m", memory, {{"disk", disk}});
}

/// n1 of the fixture with api-0 and api-1 on it.
scheduling::cluster_snapshot full_cluster()
{
    labels const of_n1{{"disk", "ssd"}, {"kubernetes.io/hostname", "n1"}};
    return cluster_of(node("n1", "2000m", "4096Mi", of_n1), bound(api("api-0"), "n1"),
                      bound(api("api-1"), "n1"));
}

autoscaling::decision decide(autoscaling::scaling_input const& input,
                             scheduling::cluster_snapshot const& cluster)
{
    return autoscaling::decide(input, cluster, scheduling::least_allocated_profile());
}

cluster::scaling_verdict only_verdict(autoscaling::scaling_input input,
                                      converge::object<cluster::pod> of)
{
    input.pending = {shared(std::move(of))};
    auto const decided = decide(input, full_cluster());
    CHECK(decided.create.empty());
    REQUIRE(decided.verdicts.size() == 1);
    return decided.verdicts.front();
}

converge::object_ptr<cluster::machine> machine(std::string name, std::string type,
                                               cluster::machine_phase phase)
{
    converge::object<cluster::machine> made{std::move(name), {.machine_type = std::move(type)}};
    made.status.phase = phase;
    return shared(std::move(made));
}

std::vector<std::string> types_of(std::vector<converge::object<cluster::machine>> const& machines)
{
    std::vector<std::string> types;
    for (auto const& each : machines)
        types.push_back(each.spec.machine_type);
    return types;
}

} // namespace

TEST_CASE("scenario 1: exactly one machine of the cheapest type that has an SSD is created")
{
    auto input = with_types();
    input.pending = {shared(api("api-2"))};
    auto const decided = decide(input, full_cluster());
    REQUIRE(decided.create.size() == 1);
    auto const& created = decided.create.front();
    CHECK(created.metadata.name == autoscaling::machine_name("ssd-small", 0));
    CHECK(created.spec.machine_type == "ssd-small");
    CHECK(created.spec.reason == "default/api-2: 0/1 nodes are available: 1 Insufficient cpu.");
    CHECK(created.spec.pods == std::vector<std::string>{"default/api-2"});
    REQUIRE(decided.verdicts.size() == 1);
    auto const& verdict = decided.verdicts.front();
    CHECK(verdict.code == verdict_code::create_machine);
    CHECK(verdict.machine == created.metadata.name);
    CHECK(verdict.message == "machine " + created.metadata.name +
                                 " of type ssd-small is created, the cheapest of 2 types that "
                                 "would do");
    REQUIRE(verdict.candidates.size() == 3);
    CHECK(verdict.candidates[0].reasons ==
          std::vector<cluster::candidate_reason>{{"NodeAffinity", "disk", "ssd", "hdd", ""}});
    CHECK(verdict.candidates[1].reasons.empty());
}

TEST_CASE("scenario 1: a pod that fits on a node that is there needs no machine")
{
    auto input = with_types();
    input.pending = {shared(pod("small", "200m", "1Gi"))};
    auto const decided = decide(input, full_cluster());
    CHECK(decided.create.empty());
    CHECK(decided.verdicts.front().code == verdict_code::fits_existing_node);
    CHECK(decided.verdicts.front().machine == "n1");
}

TEST_CASE("scenario 2: too much memory creates nothing and says who is short of how much")
{
    auto const verdict = only_verdict(with_types(), api("api-0", "32768Mi"));
    CHECK(verdict.code == verdict_code::no_machine_type_large_enough);
    CHECK(verdict.message == "no machine type is large enough: the pod needs 32Gi memory, the most "
                             "on offer is 16Gi (short 16Gi)");
    REQUIRE(verdict.candidates.size() == 3);
    using reasons = std::vector<cluster::candidate_reason>;
    CHECK(verdict.candidates[0].machine_type == "hdd-small");
    CHECK(verdict.candidates[0].reasons ==
          reasons{{"NodeAffinity", "disk", "ssd", "hdd", ""},
                  {"NodeResourcesFit", "memory", "32Gi", "4Gi", "28Gi"}});
    CHECK(verdict.candidates[1].machine_type == "ssd-large");
    CHECK(verdict.candidates[1].reasons ==
          reasons{{"NodeResourcesFit", "memory", "32Gi", "16Gi", "16Gi"}});
    CHECK(verdict.candidates[2].machine_type == "ssd-small");
    CHECK(verdict.candidates[2].reasons ==
          reasons{{"NodeResourcesFit", "memory", "32Gi", "4Gi", "28Gi"}});
    CHECK(verdict.remedy ==
          "allow a machine type with at least 32Gi memory and label disk=ssd: add a MachineType, "
          "or lower resources.requests.memory of the pod's containers");
}

TEST_CASE("scenario 2: after a larger type is added the same pod gets a machine")
{
    auto input = with_types();
    input.pending = {shared(api("api-0", "32768Mi"))};
    input.machine_types.push_back(
        shared(machine_type("ssd-xl", "8000m", "65536Mi", {{"disk", "ssd"}}, "90", 1)));
    CHECK(types_of(decide(input, full_cluster()).create) == std::vector<std::string>{"ssd-xl"});
}

TEST_CASE("scenario 3: without an SSD on offer the values on offer are named")
{
    auto const verdict = only_verdict(with_types_of({{"disk", "hdd"}}), api("api-2"));
    CHECK(verdict.code == verdict_code::no_machine_type_matches_selector);
    CHECK(verdict.message == "no machine type has the label disk=ssd; offered are disk=[hdd]");
    CHECK(verdict.remedy == "add a MachineType with the label disk=ssd, or change the pod's "
                            "nodeSelector or node affinity");
}

TEST_CASE("scenario 3: a misspelt value or key gets a hint, a different word does not")
{
    CHECK(only_verdict(with_types(), api("p", "1Gi", "sdd")).hint == "did you mean ssd?");
    CHECK(only_verdict(with_types(), api("p", "1Gi", "SSD")).hint.empty());
    CHECK(only_verdict(with_types(), api("p", "1Gi", "floppy")).hint.empty());
    auto const misspelt = pod("p", "1", "1Gi", {{"dsk", "ssd"}});
    CHECK(only_verdict(with_types(), misspelt).hint == "did you mean disk?");
}

TEST_CASE("scenario 4: every pending pod gets its own verdict in one pass")
{
    auto input = with_types();
    input.pending = {shared(api("too-big", "32768Mi")), shared(api("scalable"))};
    auto const decided = decide(input, full_cluster());
    REQUIRE(decided.verdicts.size() == 2);
    CHECK(decided.verdicts[0].name == "scalable");
    CHECK(decided.verdicts[0].code == verdict_code::create_machine);
    CHECK(decided.verdicts[1].name == "too-big");
    CHECK(decided.verdicts[1].code == verdict_code::no_machine_type_large_enough);
    CHECK(decided.create.size() == 1);
}

TEST_CASE("scenario 6: a machine on its way is capacity, and nothing more is created for it")
{
    auto input = with_types();
    input.pending = {shared(api("api-2"))};
    auto const first = decide(input, full_cluster());
    REQUIRE(first.create.size() == 1);
    auto booting = first.create.front();
    booting.status.phase = cluster::machine_phase::booting;
    input.machines = {shared(booting)};
    input.pending.push_back(shared(api("api-3")));
    auto const second = decide(input, full_cluster());
    CHECK(second.create.empty());
    REQUIRE(second.verdicts.size() == 2);
    for (auto const& verdict : second.verdicts) {
        CHECK(verdict.code == verdict_code::waiting_for_machine);
        CHECK(verdict.machine == booting.metadata.name);
    }
    input.pending.push_back(shared(api("api-4")));
    CHECK(decide(input, full_cluster()).create.size() == 1);
}

TEST_CASE("a node of a booting machine that is not ready yet counts as on its way")
{
    auto input = with_types();
    input.pending = {shared(api("api-2"))};
    input.machines = {machine("m1", "ssd-small", cluster::machine_phase::booting)};
    auto cluster = full_cluster();
    auto coming = node("m1", "2", "4Gi", {{"disk", "ssd"}});
    coming.status.conditions.clear();
    cluster.set_node(shared(coming));
    CHECK(decide(input, cluster).verdicts.front().code == verdict_code::waiting_for_machine);

    auto cordoned = node("m1", "2", "4Gi", {{"disk", "ssd"}});
    cordoned.spec.unschedulable = true;
    cluster.set_node(shared(cordoned));
    CHECK(decide(input, cluster).verdicts.front().code == verdict_code::create_machine);
}

TEST_CASE("a machine whose node was there and is removed is not on its way")
{
    auto input = with_types();
    input.pending = {shared(api("api-2"))};
    auto m1 = machine("m1", "ssd-small", cluster::machine_phase::running);
    input.machines = {m1};
    CHECK(decide(input, full_cluster()).verdicts.front().code == verdict_code::waiting_for_machine);

    auto lost = *m1;
    lost.status.conditions.push_back(
        {cluster::machine_condition::provisioned, "True", "", "", {}, 0});
    input.machines = {shared(lost)};
    CHECK(decide(input, full_cluster()).verdicts.front().code == verdict_code::create_machine);
}

TEST_CASE("the same decision after a crash names the same machine")
{
    auto input = with_types();
    input.pending = {shared(api("b")), shared(api("a"))};
    auto const before = decide(input, full_cluster());
    std::swap(input.pending[0], input.pending[1]);
    std::swap(input.machine_types[0], input.machine_types[2]);
    auto const after = decide(input, full_cluster());
    REQUIRE(before.create.size() == 1);
    REQUIRE(after.create.size() == 1);
    CHECK(before.create.front().metadata.name == after.create.front().metadata.name);
    CHECK(before.verdicts == after.verdicts);
}

TEST_CASE("a machine that failed is not asked for again by the same name")
{
    auto input = with_types();
    input.pending = {shared(api("api-2"))};
    auto const name = autoscaling::machine_name("ssd-small", 0);
    input.machines = {machine(name, "ssd-small", cluster::machine_phase::failed)};
    auto const decided = decide(input, full_cluster());
    REQUIRE(decided.create.size() == 1);
    CHECK(decided.create.front().metadata.name == autoscaling::machine_name("ssd-small", 1));
    CHECK(decided.create.front().metadata.name != name);
}

TEST_CASE("scenario 7: a type that is backing off is passed over for the next one")
{
    auto input = with_types();
    input.pending = {shared(api("api-2"))};
    input.backing_off = {{"ssd-small", "ScaleUpTimedOut"}};
    CHECK(types_of(decide(input, full_cluster()).create) == std::vector<std::string>{"ssd-large"});
    input.backing_off["ssd-large"] = "OutOfStock";
    auto const verdict = decide(input, full_cluster()).verdicts.front();
    CHECK(verdict.code == verdict_code::machine_type_unavailable);
    CHECK(verdict.message == "a new machine would do, but ssd-large is not used for now: "
                             "OutOfStock, and ssd-small is not used for now: ScaleUpTimedOut");
}

TEST_CASE("several pods share one new machine, the largest first")
{
    auto input = with_types();
    for (auto const* const name : {"a", "b", "c", "d"})
        input.pending.push_back(shared(api(name)));
    auto const decided = decide(input, full_cluster());
    REQUIRE(decided.create.size() == 2);
    CHECK(decided.create[0].spec.pods == std::vector<std::string>{"default/a", "default/b"});
    CHECK(decided.create[1].spec.pods == std::vector<std::string>{"default/c", "default/d"});

    input.pending = {shared(pod("small", "200m", "1Gi", {{"disk", "ssd"}})),
                     shared(pod("large", "1800m", "1Gi", {{"disk", "ssd"}})),
                     shared(pod("middle", "1900m", "1Gi", {{"disk", "ssd"}}))};
    auto const cluster = cluster_of();
    auto const packed = decide(input, cluster);
    REQUIRE(packed.create.size() == 2);
    CHECK(packed.create[0].spec.pods == std::vector<std::string>{"default/middle"});
    CHECK(packed.create[1].spec.pods == std::vector<std::string>{"default/large", "default/small"});
}

TEST_CASE("limits are told apart from missing types, with the knob to turn")
{
    auto input = with_types_of({{"disk", "ssd"}});
    for (auto const* const name : {"m1", "m2", "m3"})
        input.machines.push_back(machine(name, "only", cluster::machine_phase::running));
    auto cluster = full_cluster();
    for (auto const* const name : {"m1", "m2", "m3"}) {
        cluster.set_node(shared(node(name, "2", "4Gi", {{"disk", "ssd"}})));
        cluster.set_pod(shared(bound(pod(std::string{"on-"} + name, "2", "4Gi"), name)));
    }
    input.pending = {shared(api("api-2"))};
    auto const verdict = decide(input, cluster).verdicts.front();
    CHECK(verdict.code == verdict_code::limit_reached);
    CHECK(verdict.message == "a new machine would do, but only has all of its 3 machines");
    CHECK(verdict.remedy == "raise spec.maxMachines of MachineType only to at least 4 (it is 3)");

    auto totals = with_types();
    totals.options.max_machines_total = 1;
    auto const total = only_verdict(totals, api("api-2"));
    CHECK(total.code == verdict_code::limit_reached);
    CHECK(total.remedy == "raise spec.maxMachinesTotal of the Autoscaler to at least 2 (it is 1)");
}

TEST_CASE("a machine and its node count once, a node without a machine counts as one")
{
    auto input = with_types_of({{"disk", "ssd"}});
    input.pending = {shared(api("api-2"))};
    input.machines = {machine("m1", "only", cluster::machine_phase::running)};
    labels const of_type{{"disk", "ssd"}, {"node.kubernetes.io/instance-type", "only"}};
    auto cluster =
        cluster_of(node("m1", "100m", "1Gi", of_type), node("m2", "100m", "1Gi", of_type));
    CHECK(decide(input, cluster).verdicts.front().code == verdict_code::create_machine);
    cluster.set_node(shared(node("m3", "100m", "1Gi", of_type)));
    CHECK(decide(input, cluster).verdicts.front().code == verdict_code::limit_reached);
}

TEST_CASE("a limit is kept within one pass too")
{
    auto input = with_types_of({{"disk", "ssd"}});
    for (auto const* const name : {"a", "b", "c", "d", "e", "f", "g"})
        input.pending.push_back(shared(api(name)));
    auto const decided = decide(input, full_cluster());
    CHECK(decided.create.size() == 3);
    CHECK(decided.verdicts[5].code == verdict_code::create_machine);
    CHECK(decided.verdicts[6].code == verdict_code::limit_reached);
}

TEST_CASE("a taint that the pod does not tolerate is told apart from size")
{
    auto tainted = machine_type("gpu", "8", "16Gi", {{"disk", "ssd"}}, "90", 1);
    tainted.spec.taints.push_back({"dedicated", "gpu", cluster::taint_effect::no_schedule});
    autoscaling::scaling_input input{};
    input.machine_types = {shared(tainted)};
    auto const verdict = only_verdict(input, api("api-2"));
    CHECK(verdict.code == verdict_code::no_machine_type_tolerated);
    CHECK(verdict.remedy == "add a toleration of dedicated=gpu:NoSchedule to the pod, or a "
                            "MachineType without such a taint");
    auto tolerant = api("api-2");
    tolerant.spec.tolerations.push_back({.key = "dedicated", .value = "gpu"});
    input.pending = {shared(tolerant)};
    CHECK(decide(input, full_cluster()).create.size() == 1);
}

TEST_CASE("without machine types that is what is said")
{
    CHECK(only_verdict({}, api("api-2")).code == verdict_code::no_machine_types);
}

TEST_CASE("each expander chooses by its own measure")
{
    auto const chosen_by = [](cluster::expander by, int pods, char const* cpu = "900m") {
        auto input = with_types(by);
        auto preferred = *input.machine_types[2];
        preferred.spec.priority = 5;
        input.machine_types[2] = shared(preferred);
        for (int i = 0; i != pods; ++i)
            input.pending.push_back(
                shared(pod("p-" + std::to_string(i), cpu, "1Gi", {{"disk", "ssd"}})));
        return types_of(decide(input, full_cluster()).create).front();
    };
    CHECK(chosen_by(cluster::expander::price, 1) == "ssd-small");
    CHECK(chosen_by(cluster::expander::least_waste, 1) == "ssd-small");
    // One of these leaves nearly half of a small machine idle, seven fill the large one.
    CHECK(chosen_by(cluster::expander::least_waste, 7, "1100m") == "ssd-large");
    CHECK(chosen_by(cluster::expander::priority, 1) == "ssd-large");
    CHECK(chosen_by(cluster::expander::least_nodes, 1) == "ssd-small");
    CHECK(chosen_by(cluster::expander::least_nodes, 4) == "ssd-large");
}

TEST_CASE("new machines keep topology spread constraints")
{
    auto input = with_types();
    for (auto const* const name : {"a", "b"}) {
        auto each = pod(name, "300m", "1Mi", {{"disk", "ssd"}});
        each.metadata.labels = {{"app", "web"}};
        cluster::topology_spread_constraint by_host{};
        by_host.topology_key = "kubernetes.io/hostname";
        by_host.label_selector.match_labels = {{"app", "web"}};
        each.spec.topology_spread_constraints.push_back(by_host);
        input.pending.push_back(shared(each));
    }
    // n1 is full and has none of them, so that two on one machine would be a skew of two.
    CHECK(decide(input, full_cluster()).create.size() == 2);
}

TEST_CASE("where each type lacks something else, each is named with what it lacks")
{
    autoscaling::scaling_input input{};
    input.machine_types = {
        shared(machine_type("many-cores", "8", "4Gi", {{"disk", "ssd"}}, "10", 3)),
        shared(machine_type("much-memory", "2", "64Gi", {{"disk", "ssd"}}, "10", 3))};
    auto const verdict = only_verdict(input, pod("p", "4", "32Gi", {{"disk", "ssd"}}));
    CHECK(verdict.code == verdict_code::no_machine_type_large_enough);
    CHECK(verdict.message == "no machine type is large enough: many-cores has 4Gi memory, the pod "
                             "needs 32Gi (short 28Gi); much-memory has 2 cpu, the pod needs 4 "
                             "(short 2)");
    CHECK(verdict.remedy == "allow a machine type with at least 4 cpu and 32Gi memory and label "
                            "disk=ssd: add a MachineType, or lower resources.requests.memory or "
                            "resources.requests.cpu of the pod's containers");
}

TEST_CASE("what all types lack is told alone, and a larger type must have the rest too")
{
    auto const verdict = only_verdict(with_types(), pod("p", "4", "32Gi", {{"disk", "ssd"}}));
    CHECK(verdict.message == "no machine type is large enough: the pod needs 32Gi memory, the most "
                             "on offer is 16Gi (short 16Gi)");
    CHECK(verdict.remedy == "allow a machine type with at least 4 cpu and 32Gi memory and label "
                            "disk=ssd: add a MachineType, or lower resources.requests.memory of "
                            "the pod's containers");
}

TEST_CASE("a type that does not match and has more is not denied")
{
    auto input = with_types();
    input.machine_types.push_back(
        shared(machine_type("hdd-xl", "8", "64Gi", {{"disk", "hdd"}}, "50", 1)));
    CHECK(only_verdict(input, api("p", "32Gi")).message ==
          "no machine type is large enough: the pod needs 32Gi memory, the most on offer by a type "
          "that matches is 16Gi (short 16Gi)");
}

TEST_CASE("what one type needs is joined with and, what would do for another with or")
{
    auto input = with_types_of({{"disk", "ssd"}});
    for (auto const* const name : {"m1", "m2", "m3"})
        input.machines.push_back(machine(name, "only", cluster::machine_phase::running));
    auto cluster = full_cluster();
    for (auto const* const name : {"m1", "m2", "m3"})
        cluster.set_node(shared(node(name, "100m", "1Gi", {{"disk", "ssd"}})));
    input.options.max_machines_total = 4;
    input.pending = {shared(api("api-2"))};
    std::string const both = "raise spec.maxMachines of MachineType only to at least 4 (it is 3) "
                             "and raise spec.maxMachinesTotal of the Autoscaler to at least 5 "
                             "(it is 4)";
    CHECK(decide(input, cluster).verdicts.front().remedy == both);

    auto large = *with_types().machine_types[2];
    input.machine_types.push_back(shared(large));
    CHECK(decide(input, cluster).verdicts.front().remedy ==
          "raise spec.maxMachinesTotal of the Autoscaler to at least 5 (it is 4)");
    large.spec.max_machines = 0;
    input.machine_types.back() = shared(large);
    CHECK(decide(input, cluster).verdicts.front().remedy ==
          both + ", or raise spec.maxMachines of MachineType ssd-large to at least 1 (it is 0) and "
                 "raise spec.maxMachinesTotal of the Autoscaler to at least 5 (it is 4)");
}

TEST_CASE("a type is judged as the node that it would really become")
{
    auto const picky = pod("p", "1", "1Gi", {{"kubernetes.io/hostname", "new ssd-small"}});
    CHECK(only_verdict(with_types(), picky).code == verdict_code::no_machine_type_matches_selector);
    auto const name = autoscaling::machine_name("ssd-small", 0);
    auto input = with_types();
    input.pending = {shared(pod("p", "1", "1Gi", {{"kubernetes.io/hostname", name}}))};
    auto const decided = decide(input, full_cluster());
    REQUIRE(decided.create.size() == 1);
    CHECK(decided.create.front().metadata.name == name);
}

TEST_CASE("a new machine does not take the name of a node that is there")
{
    auto input = with_types();
    input.pending = {shared(api("api-2"))};
    auto cluster = full_cluster();
    cluster.set_node(shared(node(autoscaling::machine_name("ssd-small", 0), "100m", "1Gi")));
    auto const decided = decide(input, cluster);
    REQUIRE(decided.create.size() == 1);
    CHECK(decided.create.front().metadata.name == autoscaling::machine_name("ssd-small", 1));
}
