// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/container.hpp"
#include "resources/taint.hpp"

#include <converge/codec/extern_codec.hpp>
#include <converge/codec/quantity_traits.hpp>
#include <converge/core/kind_name.hpp>
#include <converge/model/quantity.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cluster {

/// A machine on offer: the template of the nodes that the autoscaler may add.
struct machine_type {
    static constexpr converge::kind_name kind{"cluster.converge.dev/v1", "MachineType"};
    static constexpr converge::scope scope = converge::scope::cluster;

    struct spec {
        resource_list capacity{};
        std::map<std::string, std::string> labels{};
        std::vector<taint> taints{};
        /// In any unit, the same for all types; for the `price` expander.
        converge::quantity price{};
        /// For the `priority` expander: the highest wins.
        int priority = 0;
        /// How many machines of this type there may be.
        int max_machines = 1;
        /// How long the provider lets a machine of this type take before its agent starts.
        std::int64_t boot_delay_milliseconds = 0;
    };
};
BOOST_DESCRIBE_STRUCT(machine_type::spec, (),
                      (capacity, labels, taints, price, priority, max_machines,
                       boot_delay_milliseconds))

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::machine_type)
