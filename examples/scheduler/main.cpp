// SPDX-License-Identifier: BSL-1.0
#include "scheduler/place.hpp"
#include "yaml/cluster_files.hpp"
#include "yaml/example_file.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using pod_object = converge::object<cluster::pod>;

constexpr int all_placed = 0;
constexpr int some_pending = 1;
constexpr int bad_input = 2;

scheduling::cluster_snapshot snapshot_of(cluster::cluster_files& files)
{
    scheduling::cluster_snapshot snapshot;
    for (auto& node : files.nodes)
        snapshot.set_node(std::make_shared<converge::object<cluster::node> const>(std::move(node)));
    for (auto const& pod : files.pods)
        if (!pod.spec.node_name.empty())
            snapshot.set_pod(std::make_shared<pod_object const>(pod));
    return snapshot;
}

/// By priority, then as in the files.
std::vector<pod_object> queue_of(cluster::cluster_files& files)
{
    std::map<int, std::vector<pod_object>, std::greater<>> by_priority;
    for (auto& pod : files.pods)
        if (pod.spec.node_name.empty())
            by_priority[pod.spec.priority].push_back(std::move(pod));
    std::vector<pod_object> queue;
    for (auto& [priority, pods] : by_priority)
        std::move(pods.begin(), pods.end(), std::back_inserter(queue));
    return queue;
}

std::string indented(std::string const& text)
{
    std::string lines = "  ";
    for (char const c : text)
        lines += c == '\n' ? std::string{"\n  "} : std::string{c};
    return lines;
}

void print_scores(scheduling::placement_report const& report)
{
    for (auto const& verdict : report.nodes) {
        if (!verdict.fits())
            continue;
        std::cout << "  " << verdict.node << ": " << verdict.total_score << " =";
        char const* separator = " ";
        for (auto const& each : verdict.scores) {
            std::cout << separator << each.plugin << ' ' << each.score << " x " << each.weight;
            separator = " + ";
        }
        std::cout << '\n';
    }
}

int schedule(cluster::cluster_files files, scheduling::profile const& plugins, bool with_scores)
{
    auto snapshot = snapshot_of(files);
    int outcome = all_placed;
    for (auto& pod : queue_of(files)) {
        auto const name = to_string(pod.key());
        if (!pod.spec.scheduling_gates.empty()) {
            std::cout << name << ": waits for the scheduling gate "
                      << pod.spec.scheduling_gates.front().name << '\n';
            outcome = some_pending;
            continue;
        }
        scheduling::pod_info const info{std::make_shared<pod_object const>(pod)};
        auto const report = place(info, snapshot, plugins);
        if (report.placed()) {
            std::cout << name << " -> " << report.node << '\n';
            if (with_scores)
                print_scores(report);
            snapshot.assume(std::move(pod), report.node);
        } else {
            std::cout << name << ": " << report.summary() << '\n';
            if (!report.nodes.empty())
                std::cout << indented(report.detail()) << '\n';
            outcome = some_pending;
        }
    }
    return outcome;
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Says on which node each pod of the files would run, or for each node why not.\n"
                 "Ends with 0 if all pods have a node, 1 if some have none, 2 for bad input."};
    std::vector<std::filesystem::path> files;
    std::string profile = "least-allocated";
    bool with_scores = false;
    app.add_option("FILE", files,
                   "Nodes, Pods, Deployments and ReplicaSets, as YAML; without one, the example of "
                   "the scheduler");
    app.add_option("--profile", profile, "which nodes to fill first")
        ->check(CLI::IsMember({"least-allocated", "most-allocated"}))
        ->capture_default_str();
    app.add_flag("--scores", with_scores, "show the scores of the nodes that would do");
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& wrong) {
        return app.exit(wrong) == 0 ? all_placed : bad_input;
    }
    if (files.empty()) {
        files.push_back(cluster::example_file("scheduler/example.yaml"));
        std::cerr << "No FILE was given; this is about " << files.front().string() << ".\n";
    }
    auto loaded = cluster::load_cluster_files(files);
    if (!loaded) {
        std::cerr << loaded.error().what() << '\n';
        return bad_input;
    }
    auto const plugins = profile == "most-allocated" ? scheduling::most_allocated_profile()
                                                     : scheduling::least_allocated_profile();
    return schedule(std::move(*loaded), plugins, with_scores);
}
