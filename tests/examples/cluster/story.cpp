// SPDX-License-Identifier: BSL-1.0
#include "cluster/story.hpp"

#include "cluster/local_cluster.hpp"
#include "examples/file_text.hpp"

#include <converge/async/race.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/testing/world.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using cluster::story_act;
using cluster::story_plan;
using cluster::story_report;
using converge::testing::stop_reason;

namespace {

story_act act_of(char const* name)
{
    std::array<std::filesystem::path, 1> const files{std::filesystem::path{CONVERGE_EXAMPLES_DIR} /
                                                     "cluster" / name};
    auto objects = cluster::load_objects(files);
    REQUIRE_MESSAGE(objects.has_value(), objects.error().what());
    return {name, std::move(*objects)};
}

void append(story_act& to, std::string const& text)
{
    auto more = yaml_test::read(text);
    REQUIRE_MESSAGE(more.has_value(), more.error().what());
    for (auto& each : *more)
        to.objects.push_back(std::move(each));
}

constexpr char const* second_machine = "apiVersion: cluster.converge.dev/v1\nkind: Machine\n"
                                       "metadata: {name: n2}\nspec: {machineType: ssd-small}\n";

/// What came of a story, in virtual time.
struct playing {
    converge::memory_store store;
    std::ostringstream out;
    std::optional<story_report> report;
};

converge::task<> play_into(playing& here, converge::client api, story_plan plan)
{
    here.report =
        co_await cluster::play_story(std::move(api), here.store, std::move(plan), here.out);
}

converge::task<> play_all(playing& here, story_plan plan)
{
    converge::client const api{here.store};
    cluster::local_cluster all{api};
    co_await converge::until(play_into(here, api.as("kubectl"), std::move(plan)), all.run());
}

void play(playing& here, story_plan plan, std::uint64_t seed = 1)
{
    converge::testing::world world{seed};
    world.start("all", [&] { return play_all(here, plan); });
    auto const ended = world.run_until([&] { return here.report.has_value(); }, 10min);
    REQUIRE(ended == stop_reason::done);
}

story_plan plan_of(char const* machines, char const* workload)
{
    story_plan plan;
    plan.name = "test";
    plan.machines = act_of(machines);
    plan.workload = act_of(workload);
    return plan;
}

std::vector<int> numbers(story_report const& report)
{
    std::vector<int> found;
    for (auto const& each : report.steps)
        found.push_back(each.number);
    return found;
}

void check_running(story_report const& report, std::size_t instances, std::size_t nodes)
{
    std::set<std::string> addresses;
    std::set<std::string> used;
    for (auto const& each : report.instances) {
        CHECK(each.phase == "Running");
        addresses.insert(each.ip);
        used.insert(each.node);
    }
    CHECK(addresses.size() == instances);
    CHECK(used.size() == nodes);
    CHECK(report.settled);
    CHECK(report.quiet_writes == 0);
}

std::vector<int> const after_failure{1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};

} // namespace

TEST_CASE("the story runs to its end through all of its steps, in whatever order things happen")
{
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        playing here;
        play(here, plan_of("machines.yaml", "deployment.yaml"), seed);
        auto const& report = *here.report;
        check_running(report, 3, 2);
        CHECK(report.machines_created == 1);
        CHECK_FALSE(report.diagnosis.has_value());
        REQUIRE(report.steps.size() == 17);
        for (std::size_t i = 0; i < report.steps.size(); ++i) {
            CHECK(report.steps[i].number == static_cast<int>(i) + 1);
            CHECK_FALSE(report.steps[i].who.empty());
            CHECK(report.steps[i].at >= report.steps[i == 0 ? 0 : i - 1].at);
        }
        CHECK(here.out.str().find("17  r") != std::string::npos);
        CHECK(here.out.str().find("MACHINE") != std::string::npos);
        CHECK(here.out.str().find("the answering of DNS questions are") != std::string::npos);
    }
}

TEST_CASE("too much memory is explained, and cured without another apply")
{
    playing here;
    auto plan = plan_of("machines.yaml", "deployment_ram.yaml");
    plan.cure = act_of("cure_ram.yaml");
    play(here, std::move(plan));
    auto const& report = *here.report;
    check_running(report, 1, 1);
    CHECK(numbers(report) == after_failure);
    CHECK(report.machines_created == 1);
    REQUIRE(report.diagnosis.has_value());
    CHECK(report.diagnosis->code == cluster::verdict_code::no_machine_type_large_enough);
    CHECK(report.diagnosis->candidates.size() == 3);
    CHECK(here.out.str().find("remedy:") != std::string::npos);
}

TEST_CASE("a missing disk is explained, and cured without another apply")
{
    playing here;
    auto plan = plan_of("machines_hdd.yaml", "deployment.yaml");
    plan.cure = act_of("cure_ssd.yaml");
    play(here, std::move(plan));
    auto const& report = *here.report;
    check_running(report, 3, 2);
    CHECK(numbers(report) == after_failure);
    CHECK(report.machines_created == 2);
    REQUIRE(report.diagnosis.has_value());
    CHECK(report.diagnosis->code == cluster::verdict_code::no_machine_type_matches_selector);
    CHECK(here.out.str().find("The same holds for Pod default/") != std::string::npos);
}

TEST_CASE("a story without a cure ends with the diagnosis, unsettled")
{
    playing here;
    play(here, plan_of("machines.yaml", "deployment_ram.yaml"));
    auto const& report = *here.report;
    CHECK_FALSE(report.settled);
    CHECK(report.diagnosis.has_value());
    CHECK(numbers(report) == std::vector{1, 2, 5, 6, 7});
    CHECK(report.machines_created == 0);
}

TEST_CASE("when the time is over, what is missing is named")
{
    playing here;
    auto plan = plan_of("machines.yaml", "deployment.yaml");
    plan.time_max = 700ms;
    play(here, std::move(plan));
    CHECK_FALSE(here.report->settled);
    CHECK(here.out.str().find("The time is over. The next step would have been ") !=
          std::string::npos);
    CHECK(here.out.str().find("Deployment default/api: ") != std::string::npos);
}

TEST_CASE("machines that come with the workload are given, not decided on")
{
    for (bool const crowded : {false, true}) {
        CAPTURE(crowded);
        playing here;
        auto plan = plan_of("machines.yaml", "deployment.yaml");
        if (!crowded)
            plan.workload.objects.clear();
        if (!crowded)
            append(plan.workload,
                   yaml_test::with(yaml_test::api_file, "replicas: 3", "replicas: 1"));
        append(plan.workload, second_machine);
        play(here, std::move(plan));
        auto const& report = *here.report;
        check_running(report, crowded ? 3 : 1, crowded ? 2 : 1);
        CHECK(report.machines_created == 0);
        for (auto const& each : report.steps)
            CHECK(each.number != 8);
    }
}

TEST_CASE("workloads that come with the machines belong to the story")
{
    playing here;
    auto plan = plan_of("machines.yaml", "deployment.yaml");
    append(plan.machines, yaml_test::with(yaml_test::api_file, "{name: api}", "{name: web}"));
    // The same once more, in the workload, is no other.
    append(plan.workload, yaml_test::with(yaml_test::api_file, "{name: api}", "{name: web}"));
    play(here, std::move(plan));
    auto const& report = *here.report;
    check_running(report, 6, 2);
    REQUIRE(report.steps.size() > 2);
    auto const& available = report.steps.end()[-2];
    CHECK(available.number == 16);
    CHECK(available.what.find("Deployment default/web is Available: 3/3") != std::string::npos);
}
