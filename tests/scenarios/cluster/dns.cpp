// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/dns_controller.hpp"
#include "cluster/endpoints_controller.hpp"
#include "resources/dns_record.hpp"
#include "resources/endpoint_slice.hpp"
#include "resources/service.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <map>
#include <string>

namespace cluster_simulation {

namespace {

/// Stands for agents: a pod has the address that its record says.
[[nodiscard]] task<converge::outcome> take_address(client api, object<cluster::pod> subject,
                                                   cluster::records_view records)
{
    auto const record = cluster::record_of(records, subject.metadata.uid.str());
    if (record != nullptr && subject.status.pod_ip.empty()) {
        subject.status.pod_ip = record->spec.address;
        co_await api.update_status(subject);
    }
    co_return converge::settled();
}

[[nodiscard]] task<> add_accepted(client api, std::string name)
{
    auto wanted = objects::bound(small_pod(std::move(name)), "n1");
    wanted.metadata.labels["app"] = "web";
    add_finalizer(wanted.metadata, cluster::agent_finalizer);
    co_await api.create(wanted);
}

/// Stops a pod as its agent would.
[[nodiscard]] task<> remove_accepted(client api, std::string name)
{
    key<cluster::pod> const id{name};
    co_await api.remove(id);
    for (bool done = false; !done;) {
        auto gone = *co_await api.get(id);
        remove_finalizer(gone.metadata, cluster::agent_finalizer);
        auto const written = co_await cluster::attempted(api.update(gone));
        done = written.has_value();
    }
}

[[nodiscard]] object<cluster::service> web(std::string name, std::string address)
{
    object<cluster::service> made{std::move(name)};
    made.spec.selector["app"] = "web";
    made.spec.cluster_ip = std::move(address);
    cluster::service_port port;
    port.port = 80;
    made.spec.ports.push_back(port);
    return made;
}

/// Pods and services come, go, and come again under the same name.
[[nodiscard]] task<> use_names(client api)
{
    co_await api.create(web("any", ""));
    co_await api.create(web("fixed", "10.96.0.9"));
    co_await api.create(web("headless", "None"));
    co_await add_accepted(api, "a");
    co_await add_accepted(api, "b");
    co_await converge::sleep_for(20s);
    co_await remove_accepted(api, "a");
    co_await converge::sleep_for(5s);
    co_await add_accepted(api, "a");
    co_await api.remove(key<cluster::service>{"any"});
    co_await converge::sleep_for(5s);
    co_await api.create(web("any", ""));
}

/// Each record has an owner that there is, and each owner one record, the address of which it has.
[[nodiscard]] std::string all_named(snapshot const& now)
{
    std::map<std::string, std::string> known;
    for (auto const& each : now.all<cluster::dns_record>()) {
        if (!known.emplace(each->spec.owner_uid, each->spec.address).second)
            return each->spec.owner_kind + " " + each->spec.owner_name + " has two records";
    }
    std::size_t named = 0;
    for (auto const& each : now.all<cluster::pod>()) {
        auto const& address = each->status.pod_ip;
        if (address.empty() || known[each->metadata.uid.str()] != address)
            return "Pod " + each->metadata.name + " has not the address of its record";
        ++named;
    }
    for (auto const& each : now.all<cluster::service>()) {
        auto const& address = each->spec.cluster_ip;
        if (address == "None")
            continue;
        if (address.empty() || known[each->metadata.uid.str()] != address)
            return "Service " + each->metadata.name + " has not the address of its record";
        ++named;
    }
    auto const fixed = now.find(key<cluster::service>{"fixed"});
    if (fixed->spec.cluster_ip != "10.96.0.9")
        return "Service fixed has another address than it asked for";
    return named == known.size() ? std::string{} : "there are records of nobody";
}

[[nodiscard]] std::string all_endpoints(snapshot const& now)
{
    for (auto const& each : now.all<cluster::service>()) {
        auto const slice = now.find(key<cluster::endpoint_slice>{each->metadata.name});
        if (slice == nullptr || slice->content.endpoints.size() != 2)
            return "Service " + each->metadata.name + " has not the endpoints of both pods";
        for (auto const& one : slice->content.endpoints) {
            auto const pod = now.find(key<cluster::pod>{one.target_ref->name});
            if (pod == nullptr || pod->metadata.uid.str() != one.target_ref->uid ||
                one.addresses.front() != pod->status.pod_ip)
                return "an endpoint of Service " + each->metadata.name + " is of no pod";
        }
    }
    return {};
}

void declare_names(simulation& sim)
{
    sim.plane("controllers", [](client api) {
        return converge::run(std::move(api), cluster::pod_dns_controller(),
                             cluster::service_dns_controller(), cluster::endpoints_controller());
    });
    sim.plane("agents", [](client api) {
        converge::controller<cluster::pod> const agents{take_address};
        return converge::run(std::move(api), agents.named("agents").watches<cluster::dns_record>(
                                                 cluster::owner_of<cluster::pod>));
    });
    sim.user("kubectl", use_names);
    sim.eventually("all are named", all_named);
    sim.eventually("all have endpoints", all_endpoints);
    sim.always("addresses differ", addresses_differ);
}

} // namespace

scenario dns_names_things() { return {"dns names things", declare_names, 75}; }

} // namespace cluster_simulation
