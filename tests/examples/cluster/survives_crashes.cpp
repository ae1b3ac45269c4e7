// SPDX-License-Identifier: BSL-1.0
#include "examples/cluster/simulated_cluster.hpp"

#include <converge/testing/check_scenario.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using cluster_test::simulated_cluster;
using converge::testing::stop_reason;

namespace {

/// How many seeds: CONVERGE_SEEDS, or as many as find what is easy to find.
std::uint64_t seeds() { return converge::testing::detail::environment_seeds().value_or(200); }

/// Kills the scheduler, the autoscaler or an agent, each at some step; the seed says which.
void plan_crash(simulated_cluster& story)
{
    auto& world = story.world();
    auto const step = 1 + world.draw("crash.step") % 400;
    auto const downtime = std::chrono::milliseconds{world.draw("crash.downtime") % 20'000};
    switch (world.draw("crash.victim") % 4) {
    case 0: world.crash(story.scheduler(), step, downtime); break;
    case 1: world.crash(story.autoscaler(), step, downtime); break;
    case 2: story.crash_agent(0, step, downtime); break;
    default: story.crash_agent(1, step, downtime); break;
    }
}

/// What went wrong, or nothing.
std::string verdict(std::uint64_t seed)
{
    simulated_cluster story{seed};
    plan_crash(story);
    auto const ended = story.world().run_until([&] { return story.complete(); }, 10min);
    if (ended != stop_reason::done)
        return "not complete after ten minutes";
    story.world().run_for(2min);
    auto const before = story.newest();
    story.world().run_for(5min);
    if (story.newest() != before)
        return "still writing when nothing changes";
    if (auto const machines = story.all<cluster::machine>().size(); machines != 2)
        return std::to_string(machines) + " machines instead of 2";
    auto const pods = story.all<cluster::pod>();
    std::set<std::string> addresses;
    std::set<std::string> nodes;
    for (auto const& pod : pods) {
        if (pod->status.phase != cluster::pod_phase::running)
            return pod->metadata.name + " does not run";
        addresses.insert(pod->status.pod_ip);
        nodes.insert(pod->spec.node_name);
    }
    if (pods.size() != 3 || addresses.size() != 3 || nodes.size() != 2)
        return std::to_string(pods.size()) + " instances with " + std::to_string(addresses.size()) +
               " addresses on " + std::to_string(nodes.size()) + " nodes";
    return {};
}

} // namespace

TEST_CASE("the story ends with three instances and one new machine wherever a component is killed")
{
    auto const count = seeds();
    std::vector<std::string> failures(2);
    {
        std::vector<std::jthread> workers;
        for (std::uint64_t worker = 0; worker < 2; ++worker)
            workers.emplace_back([&, worker] {
                for (auto seed = worker; seed < count && failures[worker].empty(); seed += 2)
                    if (auto const wrong = verdict(seed); !wrong.empty())
                        failures[worker] = "seed=" + std::to_string(seed) + " violation=" + wrong;
            });
    }
    CHECK(failures[0] == "");
    CHECK(failures[1] == "");
}

TEST_CASE("the same seed plays the story step for step")
{
    simulated_cluster one{7};
    simulated_cluster other{7};
    one.world().run_for(5min);
    other.world().run_for(5min);
    CHECK(one.complete());
    CHECK(one.world().steps() == other.world().steps());
    CHECK(one.world().fingerprint() == other.world().fingerprint());
}
