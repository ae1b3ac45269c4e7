// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/machine_type.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "scheduler/cluster_snapshot.hpp"

#include <converge/core/uid.hpp>
#include <converge/model/object.hpp>
#include <converge/model/quantity.hpp>

#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

/// Short ways to make the objects that tests of the scheduler and the autoscaler need.
namespace objects {

using labels = std::map<std::string, std::string>;

inline converge::quantity amount(char const* text)
{
    return converge::quantity::parse(text).value();
}

inline cluster::resource_list amounts(char const* cpu, char const* memory)
{
    return {{"cpu", amount(cpu)}, {"memory", amount(memory)}};
}

inline converge::object<cluster::node> node(std::string name, char const* cpu, char const* memory,
                                            labels with = {})
{
    converge::object<cluster::node> made{std::move(name)};
    made.metadata.labels = std::move(with);
    made.status.capacity = amounts(cpu, memory);
    made.status.conditions.push_back({"Ready", "True", "", "", {}, 0});
    return made;
}

inline converge::object<cluster::pod> pod(std::string name, char const* cpu, char const* memory,
                                          labels selector = {})
{
    converge::object<cluster::pod> made{std::move(name)};
    made.metadata.uid = converge::uid{"uid-of-" + made.metadata.name};
    made.spec.node_selector = std::move(selector);
    cluster::container one{};
    one.name = "main";
    one.resources.requests = amounts(cpu, memory);
    made.spec.containers.push_back(std::move(one));
    return made;
}

inline converge::object<cluster::pod> bound(converge::object<cluster::pod> made, std::string node)
{
    made.spec.node_name = std::move(node);
    return made;
}

inline converge::object<cluster::machine_type> machine_type(std::string name, char const* cpu,
                                                            char const* memory, labels with,
                                                            char const* price, int max_machines)
{
    converge::object<cluster::machine_type> made{std::move(name)};
    made.spec.capacity = amounts(cpu, memory);
    made.spec.labels = std::move(with);
    made.spec.price = amount(price);
    made.spec.max_machines = max_machines;
    return made;
}

template <class R>
converge::object_ptr<R> shared(converge::object<R> made)
{
    return std::make_shared<converge::object<R> const>(std::move(made));
}

inline scheduling::pod_info info(converge::object<cluster::pod> made)
{
    return scheduling::pod_info{shared(std::move(made))};
}

template <class... Object>
scheduling::cluster_snapshot cluster_of(Object... made)
{
    scheduling::cluster_snapshot snapshot;
    [[maybe_unused]] auto const add = [&]<class R>(converge::object<R> each) {
        if constexpr (std::is_same_v<R, cluster::node>)
            snapshot.set_node(shared(std::move(each)));
        else
            snapshot.set_pod(shared(std::move(each)));
    };
    (add(std::move(made)), ...);
    return snapshot;
}

} // namespace objects
