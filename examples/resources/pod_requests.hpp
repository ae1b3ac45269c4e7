// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/pod.hpp"

#include <algorithm>

namespace cluster {

/// What one container sets aside: its requests, and its limits where it requests nothing.
[[nodiscard]] inline resource_list container_requests(container const& of)
{
    auto requests = of.resources.requests;
    for (auto const& [resource, amount] : of.resources.limits)
        requests.try_emplace(resource, amount);
    return requests;
}

inline void add_to(resource_list& sums, resource_list const& amounts)
{
    for (auto const& [resource, amount] : amounts) {
        auto& sum = sums[resource];
        sum = sum + amount;
    }
}

inline void subtract_from(resource_list& sums, resource_list const& amounts)
{
    for (auto const& [resource, amount] : amounts) {
        auto& sum = sums[resource];
        sum = sum - amount;
    }
}

/// What a pod takes from a node: the sum over its containers, or the demand of its most
/// demanding init container if that is more, and one of `pods`.
[[nodiscard]] inline resource_list pod_requests(pod::spec const& of)
{
    resource_list total;
    for (auto const& each : of.containers)
        add_to(total, container_requests(each));
    for (auto const& each : of.init_containers) {
        for (auto const& [resource, amount] : container_requests(each)) {
            auto& sum = total[resource];
            sum = std::max(sum, amount);
        }
    }
    total["pods"] = converge::quantity::of(1);
    return total;
}

} // namespace cluster
