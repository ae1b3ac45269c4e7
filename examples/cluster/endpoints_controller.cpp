// SPDX-License-Identifier: BSL-1.0
#include "cluster/endpoints_controller.hpp"

#include "cluster/create_unless_there.hpp"
#include "cluster/is_still_there.hpp"
#include "resources/endpoint_slice.hpp"
#include "resources/pod.hpp"

#include <converge/client/view.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/label_selector.hpp>
#include <converge/model/owner_references.hpp>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cluster {

namespace {

using converge::client;
using converge::object;
using converge::object_ptr;
using converge::outcome;
using converge::task;
using converge::view;

endpoint endpoint_for(object<pod> const& of)
{
    endpoint made;
    made.addresses.push_back(of.status.pod_ip);
    made.conditions.ready =
        is_true(of.status.conditions, pod_condition::ready) && !of.metadata.being_deleted();
    made.conditions.terminating = of.metadata.being_deleted();
    made.hostname = of.spec.hostname;
    made.node_name = of.spec.node_name;
    made.target_ref =
        endpoint_target{"Pod", of.metadata.namespace_, of.metadata.name, of.metadata.uid.str()};
    return made;
}

/// The number behind a service's port: its target, where that is a name as the pod spells it.
int target_of(service_port const& port, std::vector<object_ptr<pod>> const& pods)
{
    if (!port.target_port.is_string())
        return port.target_port.is_zero() ? port.port : port.target_port.number();
    for (auto const& each : pods)
        for (auto const& container : each->spec.containers)
            for (auto const& offered : container.ports)
                if (offered.name == port.target_port.text())
                    return offered.container_port;
    return port.port;
}

object<endpoint_slice> slice_of(object<service> const& subject,
                                std::vector<object_ptr<pod>> const& chosen)
{
    object<endpoint_slice> slice{converge::in_namespace{subject.metadata.namespace_},
                                 subject.metadata.name};
    slice.metadata.labels[service_name_label] = subject.metadata.name;
    slice.metadata.owner_references.push_back(controller_reference(subject));
    for (auto const& each : chosen)
        slice.content.endpoints.push_back(endpoint_for(*each));
    for (auto const& port : subject.spec.ports) {
        endpoint_port made;
        made.name = port.name;
        made.protocol = port.protocol;
        made.port = target_of(port, chosen);
        slice.content.ports.push_back(made);
    }
    return slice;
}

task<outcome> reconcile_service(client api, object<service> subject, view<pod> pods,
                                view<endpoint_slice> slices)
{
    if (subject.metadata.being_deleted() || subject.spec.selector.empty() ||
        subject.spec.type == service_type::external_name)
        co_return converge::settled();
    auto const selector = converge::label_selector::equals(subject.spec.selector);
    auto chosen = pods.in(subject.metadata.namespace_, selector);
    std::erase_if(chosen, [](auto const& each) { return each->status.pod_ip.empty(); });

    auto const wanted = slice_of(subject, chosen);
    auto const there = slices.find(wanted.key());
    if (there == nullptr) {
        bool const still = co_await is_still_there(api, subject);
        if (still)
            co_await create_unless_there(api, wanted);
        co_return converge::settled();
    }
    // The one of a service that had this name before goes with it; this is called again then.
    if (!is_owned_by(there->metadata, subject.metadata.uid))
        co_return converge::settled();
    auto changed = *there;
    changed.metadata.labels[service_name_label] = subject.metadata.name;
    changed.content = wanted.content;
    co_await api.update(changed);
    co_return converge::settled();
}

} // namespace

converge::controller<service> endpoints_controller()
{
    // A pod does not say which services select it: each service of its namespace looks again.
    auto const services = std::make_shared<std::set<converge::key<service>>>();
    auto const remember = [services](converge::change<service> const& seen) {
        if (seen.after)
            services->insert(seen.after->key());
        else
            services->erase(seen.before->key());
        return std::vector<converge::key<service>>{};
    };
    auto const in_namespace_of = [services](object<pod> const& changed) {
        std::vector<converge::key<service>> keys;
        for (auto const& id : *services)
            if (id.namespace_ == changed.metadata.namespace_)
                keys.push_back(id);
        return keys;
    };
    return converge::controller<service>{reconcile_service}
        .named("endpoints")
        .owns<endpoint_slice>()
        .watches<service>(remember)
        .watches<pod>(in_namespace_of);
}

} // namespace cluster
