// SPDX-License-Identifier: BSL-1.0
#include "yaml/check_object.hpp"

#include <converge/model/label_selector.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cluster {

namespace {

using converge::errc;
using converge::failure;
using converge::object;
using converge::result;

result<void> refuse(std::string path, std::string message)
{
    return failure{errc::invalid, std::move(message)}.at(std::move(path));
}

result<void> check_least(std::string path, std::int64_t number, std::int64_t least)
{
    if (number >= least)
        return {};
    return refuse(std::move(path),
                  "expected " + std::to_string(least) + " or more, got " + std::to_string(number));
}

result<void> check_amount(std::string path, converge::quantity const& amount)
{
    if (amount.sign() >= 0)
        return {};
    return refuse(std::move(path), "expected 0 or more, got " + amount.str());
}

result<void> check_amounts(std::string const& path, resource_list const& amounts)
{
    for (auto const& [resource, amount] : amounts) {
        bool const plain = resource.find_first_of("./") == resource.npos;
        auto good =
            check_amount(path + (plain ? "." + resource : "[\"" + resource + "\"]"), amount);
        if (!good)
            return good;
    }
    return {};
}

result<void> check_each(std::string const& path, std::vector<container> const& containers)
{
    for (std::size_t i = 0; i < containers.size(); ++i) {
        auto const& each = containers[i];
        auto const here = path + "[" + std::to_string(i) + "]";
        if (each.name.empty())
            return refuse(here + ".name", "the container needs a name, such as \"name: api\"");
        if (auto good = check_amounts(here + ".resources.requests", each.resources.requests); !good)
            return good;
        if (auto good = check_amounts(here + ".resources.limits", each.resources.limits); !good)
            return good;
    }
    return {};
}

result<void> check_containers(std::string const& path, pod::spec const& of)
{
    if (of.containers.empty())
        return refuse(path + ".containers",
                      "expected at least one container, such as \"- {name: api, image: api:1}\"");
    if (auto good = check_each(path + ".initContainers", of.init_containers); !good)
        return good;
    return check_each(path + ".containers", of.containers);
}

/// For what is made from a template.
template <class R>
result<void> check_workload(object<R> const& of)
{
    constexpr int replicas_max = 100'000;
    auto const& spec = of.spec;
    if (spec.replicas < 0 || spec.replicas > replicas_max)
        return refuse("spec.replicas", "expected a number from 0 to " +
                                           std::to_string(replicas_max) + ", got " +
                                           std::to_string(spec.replicas));
    if (auto good = check_containers("spec.template.spec", spec.template_.spec); !good)
        return good;
    auto const selector = compile(spec.selector);
    if (!selector) {
        auto reason = selector.error();
        auto path = "spec.selector." + reason.path;
        return std::move(reason).at(std::move(path));
    }
    if (selector->empty())
        return refuse("spec.selector", "expected labels that the template has, such as "
                                       "\"matchLabels: {app: api}\"");
    if (!selector->matches(spec.template_.metadata.labels))
        return refuse("spec.template.metadata.labels",
                      "spec.selector asks for \"" + selector->str() +
                          "\", and the template does not have it; give both the same labels");
    return {};
}

result<void> check_share(std::string const& name, int_or_string const& share)
{
    constexpr int all = 100;
    auto const count = share.of(all, int_or_string::rounding::down);
    if (count && *count >= 0)
        return {};
    return refuse("spec.strategy.rollingUpdate." + name,
                  "expected a count or a share, such as 1 or 25%, got \"" + share.str() + "\"");
}

result<void> check_rollout(rolling_update const& of)
{
    if (auto good = check_share("maxSurge", of.max_surge); !good)
        return good;
    if (auto good = check_share("maxUnavailable", of.max_unavailable); !good)
        return good;
    constexpr int all = 100;
    if (of.max_surge.of(all, int_or_string::rounding::up) == 0 &&
        of.max_unavailable.of(all, int_or_string::rounding::up) == 0)
        return refuse("spec.strategy.rollingUpdate.maxUnavailable",
                      "expected more than 0, because maxSurge is 0; raise one of them");
    return {};
}

} // namespace

result<void> check_object(object<autoscaler> const& of)
{
    if (of.metadata.name != "default")
        return refuse("metadata.name", "expected \"default\", the one Autoscaler that a cluster "
                                       "has, got \"" +
                                           of.metadata.name + "\"");
    if (auto good = check_least("spec.maxMachinesTotal", of.spec.max_machines_total.value_or(0), 0);
        !good)
        return good;
    return check_least("spec.provisionTimeoutSeconds", of.spec.provision_timeout_seconds, 1);
}

result<void> check_object(object<deployment> const& of)
{
    if (auto good = check_workload(of); !good)
        return good;
    return check_rollout(of.spec.strategy.rolling_update);
}

result<void> check_object(object<machine> const& of)
{
    if (of.spec.machine_type.empty())
        return refuse("spec.machineType",
                      "expected the name of a MachineType, such as \"ssd-small\"");
    return {};
}

result<void> check_object(object<machine_type> const& of)
{
    auto const& spec = of.spec;
    if (spec.capacity.empty())
        return refuse("spec.capacity", "expected what a machine of this type has, such as "
                                       "\"{cpu: 2, memory: 4Gi, pods: 110}\"");
    if (auto good = check_amounts("spec.capacity", spec.capacity); !good)
        return good;
    if (auto good = check_amount("spec.price", spec.price); !good)
        return good;
    if (auto good = check_least("spec.maxMachines", spec.max_machines, 0); !good)
        return good;
    return check_least("spec.bootDelayMilliseconds", spec.boot_delay_milliseconds, 0);
}

result<void> check_object(object<node> const& of)
{
    if (auto good = check_amounts("status.capacity", of.status.capacity); !good)
        return good;
    return check_amounts("status.allocatable", of.status.allocatable);
}

result<void> check_object(object<pod> const& of) { return check_containers("spec", of.spec); }

result<void> check_object(object<replica_set> const& of) { return check_workload(of); }

} // namespace cluster
