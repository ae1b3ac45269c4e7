// SPDX-License-Identifier: BSL-1.0
#include "cluster/local_cluster.hpp"
#include "cluster/story.hpp"
#include "yaml/example_file.hpp"

#include <converge/async/block_on.hpp>
#include <converge/async/race.hpp>
#include <converge/store/memory_store.hpp>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>

namespace {

constexpr int settled = 0;
constexpr int unsettled = 1;
constexpr int bad_input = 2;

struct arguments {
    std::string story = "story";
    std::filesystem::path file{};
    std::filesystem::path machines{};
    std::filesystem::path report{};
    double time_max_seconds = 60;
};

converge::result<cluster::story_act> act_of(std::filesystem::path const& file)
{
    std::array<std::filesystem::path, 1> const files{file};
    auto objects = cluster::load_objects(files);
    if (!objects)
        return objects.error();
    return cluster::story_act{file.string(), std::move(*objects)};
}

bool has_workload(cluster::story_act const& act)
{
    return !cluster::keys_of<cluster::deployment>(act.objects).empty() ||
           !cluster::keys_of<cluster::replica_set>(act.objects).empty() ||
           !cluster::keys_of<cluster::pod>(act.objects).empty();
}

converge::result<cluster::story_plan> plan_of(arguments const& given)
{
    bool const ram = given.story == "ram";
    bool const ssd = given.story == "ssd";
    auto const machines =
        given.machines.empty()
            ? cluster::example_file(ssd ? "cluster/machines_hdd.yaml" : "cluster/machines.yaml")
            : given.machines;
    auto const workload =
        given.file.empty()
            ? cluster::example_file(ram ? "cluster/deployment_ram.yaml" : "cluster/deployment.yaml")
            : given.file;
    cluster::story_plan plan;
    plan.name = given.file.empty() ? given.story : given.file.filename().string();
    plan.time_max = std::chrono::duration_cast<converge::duration>(
        std::chrono::duration<double>{given.time_max_seconds});
    auto first = act_of(machines);
    if (!first)
        return first.error();
    plan.machines = std::move(*first);
    auto second = act_of(workload);
    if (!second)
        return second.error();
    plan.workload = std::move(*second);
    if (!has_workload(plan.workload))
        return converge::failure{converge::errc::invalid,
                                 workload.string() + ": there is nothing to run in it; add a "
                                                     "Deployment, a ReplicaSet or a Pod"};
    if (ram || ssd) {
        auto third =
            act_of(cluster::example_file(ram ? "cluster/cure_ram.yaml" : "cluster/cure_ssd.yaml"));
        if (!third)
            return third.error();
        plan.cure = std::move(*third);
    }
    return plan;
}

converge::task<> play(converge::client api, converge::any_store store, cluster::story_plan plan,
                      cluster::story_report& report)
{
    report =
        co_await cluster::play_story(std::move(api), std::move(store), std::move(plan), std::cout);
}

/// @returns the exit status.
int run(cluster::story_plan plan, std::ostream& report_file)
{
    converge::memory_store store;
    converge::client const api{store};
    cluster::local_cluster all{api};
    cluster::story_report report;
    int const stopped = converge::block_on(
        converge::until(play(api.as("kubectl"), store, std::move(plan), report), all.run()));
    if (stopped != 0)
        return stopped;
    report_file << boost::json::serialize(to_json(report)) << std::endl;
    return report.settled ? settled : unsettled;
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app{
        "Plays the story of a deployment, from a file to running instances, on a cluster in this\n"
        "process, and tells each step when it happens.\n"
        "Ends with 0 if all instances run and the control plane is quiet, 1 if not, 2 for bad "
        "input."};
    arguments given;
    app.add_option("STORY", given.story,
                   "story: all goes well; ram: no machine has the memory that is asked for; ssd: "
                   "no machine has an SSD")
        ->check(CLI::IsMember({"story", "ram", "ssd"}))
        ->capture_default_str();
    auto* const file = app.add_option("--file", given.file, "play another deployment (YAML)");
    app.add_option("--machines", given.machines,
                   "start with other machines, and what else there is to be (YAML)");
    app.add_option("--report", given.report, "write how it went to this file (JSON)");
    app.add_option("--timeout", given.time_max_seconds, "give up after so many seconds")
        ->check(CLI::Range(1.0, 86'400.0))
        ->capture_default_str();
    try {
        app.parse(argc, argv);
        if (*file && given.story != "story")
            throw CLI::ValidationError("--file", "does not go with the story " + given.story +
                                                     "; leave one of them out");
    } catch (CLI::ParseError const& wrong) {
        return app.exit(wrong) == 0 ? settled : bad_input;
    }
    auto plan = plan_of(given);
    if (!plan) {
        std::cerr << plan.error().what() << '\n';
        return bad_input;
    }
    std::ofstream report_file;
    if (!given.report.empty())
        report_file.open(given.report);
    if (!report_file) {
        std::cerr << given.report.string() << ": the report cannot be written there\n";
        return bad_input;
    }
    try {
        return run(std::move(*plan), report_file);
    } catch (converge::error const& failed) {
        std::cerr << failed.what() << '\n';
        return failed.is(converge::errc::invalid) ? bad_input : unsettled;
    }
}
