// SPDX-License-Identifier: BSL-1.0
#include "autoscaler/offer_list.hpp"

#include "autoscaler/explain.hpp"
#include "autoscaler/node_from_machine_type.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace autoscaling {

namespace {

std::string machine_type_of(scheduling::node_info const& node)
{
    auto const label = node.labels().find(instance_type_label);
    return label != node.labels().end() ? label->second : node.status().node_info.machine_type;
}

} // namespace

std::string node_of(converge::object<cluster::machine> const& machine)
{
    auto const& node = machine.status.node_name;
    return node.empty() ? machine.metadata.name : node;
}

offer_list::offer_list(scaling_input const& input, scheduling::cluster_snapshot const& cluster)
    : input_{input}
{
    for (auto const& type : input.machine_types)
        offers_.push_back({type});
    std::sort(offers_.begin(), offers_.end(),
              [](offer const& left, offer const& right) { return left.name() < right.name(); });
    std::set<std::string> nodes_of_machines;
    for (auto const& machine : input.machines) {
        if (machine->status.phase == cluster::machine_phase::failed)
            continue;
        nodes_of_machines.insert(node_of(*machine));
        count(machine->spec.machine_type);
    }
    for (auto const& [name, node] : cluster.nodes())
        if (!nodes_of_machines.contains(name))
            count(machine_type_of(node));
}

offer const* offer_list::find(std::string_view type) const
{
    auto const found = std::find_if(offers_.begin(), offers_.end(),
                                    [&](offer const& each) { return each.name() == type; });
    return found == offers_.end() ? nullptr : &*found;
}

void offer_list::count(std::string_view type)
{
    ++machines_total_;
    for (auto& each : offers_)
        each.machines += each.name() == type ? 1 : 0;
}

void offer_list::add_limits(offer const& of, std::vector<cluster::candidate_reason>& reasons) const
{
    auto const add = [&](std::string knob, int used, int most) {
        if (used >= most)
            reasons.push_back({std::string{limit_plugin}, std::move(knob),
                               "at least " + std::to_string(used + 1), std::to_string(most), ""});
    };
    add(max_machines_knob, of.machines, of.type->spec.max_machines);
    if (input_.options.max_machines_total)
        add(max_machines_total_knob, machines_total_, *input_.options.max_machines_total);
    auto const backoff = input_.backing_off.find(of.name());
    if (backoff != input_.backing_off.end())
        reasons.push_back(
            {std::string{backoff_plugin}, of.name(), "a working provider", backoff->second, ""});
}

} // namespace autoscaling
