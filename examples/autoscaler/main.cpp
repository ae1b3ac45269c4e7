// SPDX-License-Identifier: BSL-1.0
#include "autoscaler/decide.hpp"
#include "autoscaler/explain.hpp"
#include "yaml/cluster_files.hpp"
#include "yaml/example_file.hpp"

#include <converge/codec/encode.hpp>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr int all_hopeful = 0;
constexpr int some_hopeless = 1;
constexpr int bad_input = 2;

template <class R>
converge::object_ptr<R> shared(converge::object<R> const& from)
{
    return std::make_shared<converge::object<R> const>(from);
}

autoscaling::decision decide_for(cluster::cluster_files const& files,
                                 cluster::autoscaler::spec const& options)
{
    scheduling::cluster_snapshot snapshot;
    autoscaling::scaling_input input{.options = options};
    for (auto const& node : files.nodes)
        snapshot.set_node(shared(node));
    for (auto const& pod : files.pods) {
        if (!pod.spec.node_name.empty())
            snapshot.set_pod(shared(pod));
        else if (pod.spec.scheduling_gates.empty())
            input.pending.push_back(shared(pod));
    }
    for (auto const& type : files.machine_types)
        input.machine_types.push_back(shared(type));
    for (auto const& machine : files.machines)
        input.machines.push_back(shared(machine));
    return decide(input, snapshot, scheduling::least_allocated_profile());
}

void print(cluster::scaling_candidate const& candidate)
{
    std::cout << "  " << candidate.machine_type << ':';
    if (candidate.reasons.empty())
        std::cout << " would do";
    char const* separator = " ";
    for (auto const& reason : candidate.reasons) {
        std::cout << separator << reason.plugin << ": " << reason.resource << " needs "
                  << reason.needs << ", offers "
                  << (reason.offers.empty() ? "none" : reason.offers);
        if (!reason.short_.empty())
            std::cout << ", short " << reason.short_;
        separator = "; ";
    }
    std::cout << '\n';
}

void print(autoscaling::decision const& decided)
{
    for (auto const& verdict : decided.verdicts) {
        std::cout << verdict.namespace_ << '/' << verdict.name << ": "
                  << autoscaling::to_string(verdict.code) << ": " << verdict.message << '\n';
        for (auto const& candidate : verdict.candidates)
            print(candidate);
        if (!verdict.remedy.empty())
            std::cout << "  remedy: " << verdict.remedy << '\n';
        if (!verdict.hint.empty())
            std::cout << "  hint: " << verdict.hint << '\n';
    }
    for (auto const& machine : decided.create)
        std::cout << "create Machine " << machine.metadata.name << " of type "
                  << machine.spec.machine_type << " for " << machine.spec.reason << '\n';
}

void print_json(autoscaling::decision const& decided)
{
    boost::json::array machines;
    for (auto const& machine : decided.create)
        machines.push_back(converge::encode(machine));
    boost::json::object document;
    document["verdicts"] = converge::encode(decided.verdicts);
    document["create"] = std::move(machines);
    std::cout << boost::json::serialize(document) << '\n';
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app{
        "Says which machines to add so that the pending pods of the files can run, and for\n"
        "each pod why.\n"
        "Ends with 0 if every pod gets a node, 1 if some pod gets none, 2 for bad input."};
    std::vector<std::filesystem::path> files;
    std::string expander;
    bool as_json = false;
    app.add_option("FILE", files,
                   "Nodes, Pods, Deployments, MachineTypes, Machines and an Autoscaler, as YAML; "
                   "without one, the example of the autoscaler");
    app.add_option("--expander", expander, "how to choose among types that would do")
        ->check(CLI::IsMember({"price", "least-waste", "priority", "least-nodes"}));
    app.add_flag("--json", as_json, "print JSON");
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& wrong) {
        return app.exit(wrong) == 0 ? all_hopeful : bad_input;
    }
    if (files.empty()) {
        files.push_back(cluster::example_file("autoscaler/example.yaml"));
        std::cerr << "No FILE was given; this is about " << files.front().string() << ".\n";
    }
    auto const loaded = cluster::load_cluster_files(files);
    if (!loaded) {
        std::cerr << loaded.error().what() << '\n';
        return bad_input;
    }
    auto options = loaded->scaling ? loaded->scaling->spec : cluster::autoscaler::spec{};
    if (!expander.empty())
        options.expander =
            converge::decode<cluster::expander>(boost::json::string{expander}).value();
    auto const decided = decide_for(*loaded, options);
    if (as_json)
        print_json(decided);
    else
        print(decided);
    bool const hopeful =
        std::all_of(decided.verdicts.begin(), decided.verdicts.end(),
                    [](auto const& each) { return autoscaling::is_hopeful(each.code); });
    return hopeful ? all_hopeful : some_hopeless;
}
