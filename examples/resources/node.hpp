// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/container.hpp"
#include "resources/taint.hpp"

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>
#include <converge/model/condition.hpp>

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace cluster {

struct node_address {
    /// `InternalIP`, `ExternalIP`, `Hostname`.
    std::string type{};
    std::string address{};
};
BOOST_DESCRIBE_STRUCT(node_address, (), (type, address))

struct node_system_info {
    std::string machine_id{};
    std::string kernel_version{};
    std::string os_image{};
    std::string operating_system{};
    std::string architecture{};
    std::string container_runtime_version{};
    std::string kubelet_version{};
    /// The MachineType that the node was rendered from; empty if it was made by hand.
    std::string machine_type{};
};
BOOST_DESCRIBE_STRUCT(node_system_info, (),
                      (machine_id, kernel_version, os_image, operating_system, architecture,
                       container_runtime_version, kubelet_version, machine_type))

/// A machine that runs pods.
struct node {
    static constexpr converge::kind_name kind{"v1", "Node"};
    static constexpr converge::scope scope = converge::scope::cluster;

    struct spec {
        static constexpr bool omits_zero = true;

        std::string pod_cidr{};
        std::string provider_id{};
        std::vector<taint> taints{};
        bool unschedulable = false;
    };

    struct status {
        resource_list capacity{};
        /// What pods may use: capacity less what is reserved for the system.
        resource_list allocatable{};
        std::vector<converge::condition> conditions{};
        std::vector<node_address> addresses{};
        node_system_info node_info{};
    };
};
BOOST_DESCRIBE_STRUCT(node::spec, (), (pod_cidr, provider_id, taints, unschedulable))
BOOST_DESCRIBE_STRUCT(node::status, (), (capacity, allocatable, conditions, addresses, node_info))

namespace node_condition {
inline constexpr char const* ready = "Ready";
inline constexpr char const* memory_pressure = "MemoryPressure";
inline constexpr char const* disk_pressure = "DiskPressure";
inline constexpr char const* pid_pressure = "PIDPressure";
} // namespace node_condition

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::node)
