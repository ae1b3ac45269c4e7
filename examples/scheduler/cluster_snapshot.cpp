// SPDX-License-Identifier: BSL-1.0
#include "scheduler/cluster_snapshot.hpp"

#include "resources/pod_requests.hpp"

#include <algorithm>
#include <utility>

namespace scheduling {

namespace {

constexpr std::int64_t unsaid_cpu_milli = 100;
constexpr std::int64_t unsaid_memory_bytes = 200'000'000;
constexpr std::int64_t unsaid_pods_max = 110;

bool all_addresses(std::string const& ip) { return ip.empty() || ip == "0.0.0.0"; }

scoring_amounts scoring_of(cluster::pod::spec const& spec)
{
    scoring_amounts sum;
    for (auto const& container : spec.containers) {
        auto const requests = cluster::container_requests(container);
        auto const cpu = requests.find("cpu");
        auto const memory = requests.find("memory");
        sum.cpu_milli += cpu == requests.end() ? unsaid_cpu_milli : cpu->second.milli();
        sum.memory_bytes += memory == requests.end() ? unsaid_memory_bytes : memory->second.value();
    }
    return sum;
}

std::vector<host_port> host_ports_of(cluster::pod::spec const& spec)
{
    std::vector<host_port> ports;
    for (auto const& container : spec.containers)
        for (auto const& port : container.ports)
            if (port.host_port > 0)
                ports.push_back({port.host_ip, port.protocol, port.host_port});
    return ports;
}

converge::quantity amount_in(cluster::resource_list const& amounts, std::string const& resource)
{
    auto const amount = amounts.find(resource);
    return amount == amounts.end() ? converge::quantity{} : amount->second;
}

} // namespace

bool conflict(host_port const& left, host_port const& right)
{
    return left.port == right.port && left.protocol == right.protocol &&
           (left.ip == right.ip || all_addresses(left.ip) || all_addresses(right.ip));
}

pod_info::pod_info(converge::object_ptr<cluster::pod> of)
    : pod{std::move(of)},
      requests{cluster::pod_requests(pod->spec)},
      scoring{scoring_of(pod->spec)},
      host_ports{host_ports_of(pod->spec)}
{}

node_info::node_info(converge::object_ptr<cluster::node> node) : node_{std::move(node)} {}

converge::quantity node_info::capacity(std::string const& resource) const
{
    auto const& offered = status().allocatable.empty() ? status().capacity : status().allocatable;
    if (resource == "pods" && !offered.contains(resource))
        return converge::quantity::of(unsaid_pods_max);
    return amount_in(offered, resource);
}

converge::quantity node_info::used(std::string const& resource) const
{
    return amount_in(used_, resource);
}

converge::quantity node_info::free(std::string const& resource) const
{
    return capacity(resource) - used(resource);
}

void node_info::replace(converge::object_ptr<cluster::node> node) { node_ = std::move(node); }

void node_info::add(pod_info_ptr pod)
{
    remove(pod->key());
    cluster::add_to(used_, pod->requests);
    scoring_used_.cpu_milli += pod->scoring.cpu_milli;
    scoring_used_.memory_bytes += pod->scoring.memory_bytes;
    host_ports_.insert(host_ports_.end(), pod->host_ports.begin(), pod->host_ports.end());
    converge::object_key key = pod->key();
    pods_.emplace(std::move(key), std::move(pod));
}

void node_info::remove(converge::object_key const& pod)
{
    auto const found = pods_.find(pod);
    if (found == pods_.end())
        return;
    auto const& leaving = *found->second;
    cluster::subtract_from(used_, leaving.requests);
    scoring_used_.cpu_milli -= leaving.scoring.cpu_milli;
    scoring_used_.memory_bytes -= leaving.scoring.memory_bytes;
    for (auto const& port : leaving.host_ports)
        host_ports_.erase(std::find(host_ports_.begin(), host_ports_.end(), port));
    pods_.erase(found);
}

node_info const* cluster_snapshot::find(std::string_view node) const
{
    auto const found = nodes_.find(node);
    return found == nodes_.end() ? nullptr : &found->second;
}

void cluster_snapshot::set_node(converge::object_ptr<cluster::node> node)
{
    auto const name = node->metadata.name;
    if (auto const known = nodes_.find(name); known != nodes_.end()) {
        known->second.replace(std::move(node));
        return;
    }
    auto& added = nodes_.emplace(name, node_info{std::move(node)}).first->second;
    auto const waiting = waiting_.find(name);
    if (waiting == waiting_.end())
        return;
    for (auto& [key, pod] : waiting->second)
        added.add(std::move(pod));
    waiting_.erase(waiting);
}

void cluster_snapshot::remove_node(std::string_view node)
{
    auto const found = nodes_.find(node);
    if (found == nodes_.end())
        return;
    if (!found->second.pods().empty())
        waiting_.emplace(found->first, found->second.pods());
    nodes_.erase(found);
}

void cluster_snapshot::set_pod(converge::object_ptr<cluster::pod> pod)
{
    auto const key = pod->key();
    auto const node = pod->spec.node_name;
    bool const counts = !node.empty() && !has_ended(*pod);
    auto const before = node_of_.find(key);
    if (before != node_of_.end() && (!counts || before->second != node))
        remove_pod(key);
    if (!counts)
        return;
    node_of_[key] = node;
    auto info = std::make_shared<pod_info const>(std::move(pod));
    if (auto const found = nodes_.find(node); found != nodes_.end())
        found->second.add(std::move(info));
    else
        waiting_[node].insert_or_assign(key, std::move(info));
}

void cluster_snapshot::remove_pod(converge::object_key const& pod)
{
    auto const known = node_of_.find(pod);
    if (known == node_of_.end())
        return;
    if (auto const node = nodes_.find(known->second); node != nodes_.end()) {
        node->second.remove(pod);
    } else if (auto const waiting = waiting_.find(known->second); waiting != waiting_.end()) {
        waiting->second.erase(pod);
        if (waiting->second.empty())
            waiting_.erase(waiting);
    }
    node_of_.erase(known);
}

void cluster_snapshot::assume(converge::object<cluster::pod> pod, std::string node)
{
    pod.spec.node_name = std::move(node);
    set_pod(std::make_shared<converge::object<cluster::pod> const>(std::move(pod)));
}

} // namespace scheduling
