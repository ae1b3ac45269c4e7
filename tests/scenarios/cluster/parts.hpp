// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the scenarios of the cluster have in common: objects, and checks of what a store holds.

#include "cluster/attempted.hpp"
#include "cluster/conditions.hpp"
#include "cluster/dns_controller.hpp"
#include "examples/objects.hpp"
#include "resources/deployment.hpp"
#include "resources/machine.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "resources/pod_requests.hpp"
#include "resources/replica_set.hpp"

#include <converge/async/sleep.hpp>
#include <converge/client/client.hpp>
#include <converge/core/failure.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/finalizers.hpp>
#include <converge/testing/simulation.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace cluster_simulation {

using namespace std::chrono_literals;
using converge::client;
using converge::key;
using converge::object;
using converge::object_ptr;
using converge::task;
using converge::testing::fault_kind;
using converge::testing::simulation;
using converge::testing::snapshot;

/// Two of the instances that these scenarios run fit on one.
[[nodiscard]] inline object<cluster::machine_type> ssd_small()
{
    auto made = objects::machine_type("ssd-small", "2", "4Gi", {{"disk", "ssd"}}, "10", 3);
    made.spec.boot_delay_milliseconds = 500;
    return made;
}

[[nodiscard]] inline object<cluster::machine> machine_of(std::string name, std::string type)
{
    object<cluster::machine> made{std::move(name)};
    made.spec.machine_type = std::move(type);
    return made;
}

[[nodiscard]] inline object<cluster::pod> small_pod(std::string name)
{
    auto made = objects::pod(std::move(name), "900m", "1Gi");
    made.metadata.uid = {};
    return made;
}

[[nodiscard]] inline object<cluster::deployment> api_deployment(int replicas)
{
    object<cluster::deployment> made{"api"};
    made.spec.replicas = replicas;
    made.spec.selector.match_labels["app"] = "api";
    made.spec.template_.metadata.labels["app"] = "api";
    made.spec.template_.spec = small_pod("api").spec;
    made.spec.template_.spec.node_selector["disk"] = "ssd";
    return made;
}

[[nodiscard]] inline bool is_ready(object<cluster::pod> const& of)
{
    return is_true(of.status.conditions, cluster::pod_condition::ready);
}

[[nodiscard]] inline bool is_accepted(object<cluster::pod> const& of)
{
    return !of.spec.node_name.empty() && has_finalizer(of.metadata, cluster::agent_finalizer);
}

/// Writes a status as often as it takes: somebody else may write the object meanwhile.
template <class R>
[[nodiscard]] task<> put_status(client api, key<R> id, std::function<void(object<R>&)> change)
{
    for (;;) {
        auto now = *co_await api.get(id);
        change(now);
        auto const done = co_await cluster::attempted(api.update_status(now));
        if (done)
            co_return;
        if (!done.error().is(converge::errc::conflict))
            throw converge::error{done.error()};
    }
}

/// A pod that the scheduler has tried to place.
[[nodiscard]] inline task<> add_refused(client api, std::string name)
{
    auto const wanted = small_pod(name);
    co_await api.create(wanted);
    auto const present = co_await cluster::wall_now();
    std::function<void(object<cluster::pod>&)> const refuse = [present](object<cluster::pod>& of) {
        auto const no =
            cluster::state_of(cluster::pod_condition::scheduled, false, "Unschedulable");
        set_condition(of.status.conditions, no, present);
    };
    co_await put_status(api, wanted.key(), refuse);
}

/// Creates a node whose agent has reported that it is ready.
[[nodiscard]] inline task<> add_node(client api, object<cluster::node> wanted)
{
    co_await api.create(wanted);
    auto const status = wanted.status;
    std::function<void(object<cluster::node>&)> const report =
        [&status](object<cluster::node>& of) { of.status = status; };
    co_await put_status(api, wanted.key(), report);
}

/// What the pods that `counts` ask of their node beyond what it has; empty if that is nothing.
[[nodiscard]] inline std::string
overcommitted(snapshot const& now, std::function<bool(object<cluster::pod> const&)> const& counts)
{
    std::map<std::string, cluster::resource_list> free;
    for (auto const& each : now.all<cluster::node>())
        free[each->metadata.name] =
            each->status.allocatable.empty() ? each->status.capacity : each->status.allocatable;
    for (auto const& each : now.all<cluster::pod>()) {
        auto const on = free.find(each->spec.node_name);
        if (on == free.end() || on->second.empty() || !counts(*each))
            continue;
        for (auto const& [resource, needs] : cluster::pod_requests(each->spec)) {
            auto const has = on->second.find(resource);
            if (has == on->second.end())
                continue;
            if (has->second < needs)
                return "Node " + on->first + " has not enough " + resource + " for Pod " +
                       each->metadata.name + " beside the others that it has";
            has->second = has->second - needs;
        }
    }
    return {};
}

/// What an agent has accepted fits on its node. Two lives of a scheduler may give the same room
/// away; the agent accepts one of the two.
[[nodiscard]] inline std::string accepted_pods_fit(snapshot const& now)
{
    return overcommitted(now, is_accepted);
}

/// All that is bound to a node fits there.
[[nodiscard]] inline std::string bound_pods_fit(snapshot const& now)
{
    return overcommitted(now, [](object<cluster::pod> const&) { return true; });
}

[[nodiscard]] inline std::string addresses_differ(snapshot const& now)
{
    std::map<std::string, std::string> owners;
    for (auto const& each : now.all<cluster::pod>()) {
        auto const& address = each->status.pod_ip;
        if (address.empty())
            continue;
        auto const [known, fresh] = owners.emplace(address, each->metadata.name);
        if (!fresh)
            return "Pods " + known->second + " and " + each->metadata.name + " both have " +
                   address;
    }
    return {};
}

/// No pod is bound to a node that there never was.
class bound_to_known_nodes {
public:
    std::string operator()(snapshot const& now)
    {
        for (auto const& each : now.all<cluster::node>())
            known_.insert(each->metadata.name);
        for (auto const& each : now.all<cluster::pod>())
            if (auto const& on = each->spec.node_name; !on.empty() && !known_.contains(on))
                return "Pod " + each->metadata.name + " is bound to " + on + ", which is no node";
        return {};
    }

private:
    std::set<std::string> known_;
};

/// Not more machines than `most` are ever created; those that failed are not counted.
class machines_in_all {
public:
    explicit machines_in_all(std::size_t most) : most_{most} {}

    std::string operator()(snapshot const& now)
    {
        for (auto const& each : now.all<cluster::machine>()) {
            created_.insert(each->metadata.uid.str());
            if (each->status.phase == cluster::machine_phase::failed)
                failed_.insert(each->metadata.uid.str());
        }
        if (created_.size() - failed_.size() <= most_)
            return {};
        std::string names;
        for (auto const& each : now.all<cluster::machine>())
            names += " " + each->metadata.name;
        return std::to_string(created_.size()) + " machines were created, and " +
               std::to_string(failed_.size()) + " of them failed; now there are" + names;
    }

private:
    std::size_t most_;
    std::set<std::string> created_;
    std::set<std::string> failed_;
};

/// Never more instances of a set are Ready than it ever asked for.
class ready_as_asked {
public:
    std::string operator()(snapshot const& now)
    {
        std::map<std::string, int> ready;
        for (auto const& each : now.all<cluster::pod>())
            if (is_ready(*each) && !each->metadata.being_deleted())
                for (auto const& owner : each->metadata.owner_references)
                    ++ready[owner.uid.str()];
        for (auto const& each : now.all<cluster::replica_set>()) {
            auto const id = each->metadata.uid.str();
            auto& most = most_[id];
            most = std::max(most, each->spec.replicas);
            if (ready[id] > most)
                return "ReplicaSet " + each->metadata.name + " has " + std::to_string(ready[id]) +
                       " ready instances and never asked for more than " + std::to_string(most);
        }
        return {};
    }

private:
    std::map<std::string, int> most_;
};

} // namespace cluster_simulation
