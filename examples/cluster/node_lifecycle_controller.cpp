// SPDX-License-Identifier: BSL-1.0
#include "cluster/node_lifecycle_controller.hpp"

#include "cluster/conditions.hpp"

#include <converge/client/view.hpp>
#include <converge/model/lease.hpp>

#include <string>
#include <vector>

namespace cluster {

namespace {

using converge::client;
using converge::object;
using converge::outcome;
using converge::task;
using converge::view;

converge::key<converge::lease> lease_of(std::string const& node_name)
{
    return converge::key<converge::lease>{converge::in_namespace{node_lease_namespace}, node_name};
}

task<outcome> reconcile_node(client api, object<node> subject, view<converge::lease> leases)
{
    bool const ready = is_true(subject.status.conditions, node_condition::ready);
    if (!ready || leases.find(lease_of(subject.metadata.name)) != nullptr)
        co_return converge::settled();
    // The caches of nodes and leases may be of different moments: the api has the last word.
    auto const alive = co_await api.find(lease_of(subject.metadata.name));
    // The cache, which does not show the lease, may never show that it ends either.
    if (alive != nullptr)
        co_return converge::again_in(node_lease_span);
    converge::condition unknown;
    unknown.type = node_condition::ready;
    unknown.status = "Unknown";
    unknown.reason = "NodeStatusUnknown";
    unknown.message =
        "the agent gave no sign of life for " + std::to_string(node_lease_span.count()) + " s";
    auto const message = unknown.message;
    auto const present = co_await wall_now();
    set_condition(subject.status.conditions, unknown, present);
    co_await api.update_status(subject);
    co_await api.record(subject, "Warning", "NodeNotReady", message);
    co_return converge::settled();
}

std::vector<converge::key<node>> node_of(object<converge::lease> const& changed)
{
    if (changed.metadata.namespace_ != node_lease_namespace)
        return {};
    return {converge::key<node>{changed.metadata.name}};
}

} // namespace

converge::controller<node> node_lifecycle_controller()
{
    return converge::controller<node>{reconcile_node}
        .named("node-lifecycle")
        .watches<converge::lease>(node_of);
}

} // namespace cluster
