// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/container.hpp"
#include "resources/int_or_string.hpp"

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <map>
#include <string>
#include <vector>

namespace cluster {

enum class service_type { cluster_ip, node_port, load_balancer, external_name };
BOOST_DESCRIBE_ENUM(service_type, cluster_ip, node_port, load_balancer, external_name)

struct service_port {
    static constexpr bool omits_zero = true;

    std::string name{};
    transport_protocol protocol = transport_protocol::tcp;
    int port = 0;
    /// A number or the name of a container's port; zero means `port`.
    int_or_string target_port{};
    int node_port = 0;
};
BOOST_DESCRIBE_STRUCT(service_port, (), (name, protocol, port, target_port, node_port))

struct load_balancer_ingress {
    std::string ip{};
    std::string hostname{};
};
BOOST_DESCRIBE_STRUCT(load_balancer_ingress, (), (ip, hostname))

struct load_balancer_status {
    std::vector<load_balancer_ingress> ingress{};
};
BOOST_DESCRIBE_STRUCT(load_balancer_status, (), (ingress))

/// One stable name and address for all ready pods that `selector` matches.
struct service {
    static constexpr converge::kind_name kind{"v1", "Service"};

    struct spec {
        static constexpr bool omits_zero = true;

        std::map<std::string, std::string> selector{};
        std::vector<service_port> ports{};
        /// Assigned if empty; `None` makes the service headless.
        std::string cluster_ip{};
        std::vector<std::string> cluster_ips{};
        service_type type = service_type::cluster_ip;
        std::string external_name{};
        std::string session_affinity{};
        bool publish_not_ready_addresses = false;
    };

    struct status {
        load_balancer_status load_balancer{};
    };
};
BOOST_DESCRIBE_STRUCT(service::spec, (),
                      (selector, ports, cluster_ip, cluster_ips, type, external_name,
                       session_affinity, publish_not_ready_addresses))
BOOST_DESCRIBE_STRUCT(service::status, (), (load_balancer))

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::service)
