// SPDX-License-Identifier: BSL-1.0
#include "cluster/object_table.hpp"

#include "cluster/story_words.hpp"
#include "resources/deployment.hpp"
#include "resources/dns_record.hpp"
#include "resources/machine.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "resources/replica_set.hpp"
#include "resources/service.hpp"

#include <converge/codec/encode.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/event.hpp>

#include <boost/json/value_to.hpp>

#include <algorithm>
#include <utility>

namespace cluster {

namespace {

using converge::client;
using converge::object;
using converge::object_list;
using converge::task;

template <class Enum>
std::string word(Enum value)
{
    return boost::json::value_to<std::string>(converge::encode(value));
}

std::string ratio(int part, int whole)
{
    return std::to_string(part) + "/" + std::to_string(whole);
}

/// The first line of `text`, cut where it is too long for a table.
std::string brief(std::string const& text)
{
    constexpr std::size_t size_max = 72;
    auto line = text.substr(0, text.find('\n'));
    if (line.size() > size_max)
        line.replace(size_max - 3, line.npos, "...");
    return line;
}

template <class R>
void add_workloads(object_list<R> const& all, text_table& to)
{
    for (auto const& each : all)
        to.add({std::string{R::kind.kind}, to_string(each->key()),
                ratio(each->status.ready_replicas, each->spec.replicas),
                std::to_string(each->status.available_replicas)});
}

std::string pod_state(object<pod> const& of)
{
    for (auto const& each : of.status.container_statuses)
        if (each.state.waiting && !each.state.waiting->reason.empty())
            return each.state.waiting->reason;
    auto const* const placed = find_condition(of.status.conditions, pod_condition::scheduled);
    if (placed != nullptr && placed->status == "False")
        return word(of.status.phase) + " (" + placed->reason + ")";
    return word(of.status.phase);
}

std::string pod_table(object_list<pod> const& all)
{
    text_table table{{"POD", "READY", "STATUS", "NODE", "IP"}};
    for (auto const& each : all) {
        auto const& statuses = each->status.container_statuses;
        auto const ready = std::count_if(statuses.begin(), statuses.end(),
                                         [](auto const& of) { return of.ready; });
        table.add({to_string(each->key()),
                   ratio(static_cast<int>(ready), static_cast<int>(each->spec.containers.size())),
                   pod_state(*each), each->spec.node_name, each->status.pod_ip});
    }
    return table.str();
}

std::string service_table(object_list<service> const& all)
{
    text_table table{{"SERVICE", "TYPE", "CLUSTER-IP", "PORTS"}};
    for (auto const& each : all) {
        std::string ports;
        for (auto const& port : each->spec.ports)
            ports += (ports.empty() ? "" : ", ") + std::to_string(port.port) +
                     (port.node_port == 0 ? "" : ":" + std::to_string(port.node_port));
        table.add({to_string(each->key()), word(each->spec.type), each->spec.cluster_ip, ports});
    }
    return table.str();
}

std::string node_table(object_list<node> const& all)
{
    text_table table{{"NODE", "STATUS", "TYPE", "LABELS", "CAPACITY"}};
    for (auto const& each : all) {
        auto labels = each->metadata.labels;
        // What every node of these has says nothing.
        std::erase_if(labels, [](auto const& label) {
            return label.first.find("kubernetes.io/") != std::string::npos;
        });
        bool const ready = is_true(each->status.conditions, node_condition::ready);
        table.add({each->metadata.name, ready ? "Ready" : "NotReady",
                   each->status.node_info.machine_type, pairs(labels),
                   amounts(each->status.capacity)});
    }
    return table.str();
}

std::string machine_table(object_list<machine> const& all)
{
    text_table table{{"MACHINE", "TYPE", "PHASE", "NODE", "REASON"}};
    for (auto const& each : all)
        table.add({each->metadata.name, each->spec.machine_type, word(each->status.phase),
                   each->status.node_name, brief(each->spec.reason)});
    return table.str();
}

std::string record_table(object_list<dns_record> const& all)
{
    text_table table{{"DNS NAME", "ADDRESS", "OF"}};
    for (auto const& each : all)
        table.add({each->spec.host, each->spec.address,
                   each->spec.owner_kind + " " + each->spec.owner_name});
    return table.str();
}

std::string event_table(object_list<converge::event> const& all)
{
    constexpr std::size_t shown_max = 12;
    std::vector<converge::object_ptr<converge::event>> latest{all.begin(), all.end()};
    std::sort(latest.begin(), latest.end(), [](auto const& left, auto const& right) {
        return left->metadata.resource_version < right->metadata.resource_version;
    });
    if (latest.size() > shown_max)
        latest.erase(latest.begin(), latest.end() - shown_max);
    text_table table{{"EVENT", "REASON", "FROM", "ABOUT", "MESSAGE"}};
    for (auto const& each : latest) {
        auto const& said = each->content;
        table.add(
            {"r" + to_string(each->metadata.resource_version), said.reason, said.source.component,
             said.involved_object.kind + " " + said.involved_object.name, brief(said.message)});
    }
    return table.str();
}

void append(std::string& text, std::string const& table)
{
    text += (text.empty() || table.empty() ? "" : "\n") + table;
}

} // namespace

void text_table::add(std::vector<std::string> cells)
{
    widths_.resize(std::max(widths_.size(), cells.size()));
    for (std::size_t i = 0; i != cells.size(); ++i) {
        if (cells[i].empty())
            cells[i] = "-";
        widths_[i] = std::max(widths_[i], cells[i].size());
    }
    rows_.push_back(std::move(cells));
}

std::string text_table::str(std::string const& indent) const
{
    if (rows_.size() == 1)
        return {};
    std::string text;
    for (auto const& row : rows_) {
        text += indent;
        for (std::size_t i = 0; i != row.size(); ++i) {
            text += row[i];
            if (i + 1 != row.size())
                text.append(widths_[i] - row[i].size() + 2, ' ');
        }
        text += '\n';
    }
    return text;
}

task<std::string> object_tables(client api)
{
    text_table workloads{{"WORKLOAD", "NAME", "READY", "AVAILABLE"}};
    auto const deployments = co_await api.list<deployment>();
    add_workloads(deployments, workloads);
    auto const sets = co_await api.list<replica_set>();
    add_workloads(sets, workloads);
    auto text = workloads.str();
    auto const pods = co_await api.list<pod>();
    append(text, pod_table(pods));
    auto const services = co_await api.list<service>();
    append(text, service_table(services));
    auto const nodes = co_await api.list<node>();
    append(text, node_table(nodes));
    auto const machines = co_await api.list<machine>();
    append(text, machine_table(machines));
    auto const records = co_await api.list<dns_record>();
    append(text, record_table(records));
    auto const events = co_await api.list<converge::event>();
    append(text, event_table(events));
    co_return text;
}

} // namespace cluster
