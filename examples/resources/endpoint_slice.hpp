// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/container.hpp"

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cluster {

struct endpoint_conditions {
    /// Absent means unknown, which counts as ready.
    std::optional<bool> ready{};
    std::optional<bool> serving{};
    std::optional<bool> terminating{};
};
BOOST_DESCRIBE_STRUCT(endpoint_conditions, (), (ready, serving, terminating))

struct endpoint_target {
    std::string kind{};
    std::string namespace_{};
    std::string name{};
    std::string uid{};
};
BOOST_DESCRIBE_STRUCT(endpoint_target, (), (kind, namespace_, name, uid))

struct endpoint {
    std::vector<std::string> addresses{};
    endpoint_conditions conditions{};
    std::string hostname{};
    std::string node_name{};
    std::string zone{};
    std::optional<endpoint_target> target_ref{};
};
BOOST_DESCRIBE_STRUCT(endpoint, (), (addresses, conditions, hostname, node_name, zone, target_ref))

struct endpoint_port {
    std::string name{};
    transport_protocol protocol = transport_protocol::tcp;
    int port = 0;
};
BOOST_DESCRIBE_STRUCT(endpoint_port, (), (name, protocol, port))

/// Addresses behind a Service, at most 100 in a slice. The label `kubernetes.io/service-name`
/// says whose they are.
struct endpoint_slice {
    static constexpr converge::kind_name kind{"discovery.k8s.io/v1", "EndpointSlice"};

    struct content {
        std::string address_type = "IPv4";
        std::vector<endpoint> endpoints{};
        std::vector<endpoint_port> ports{};
    };
};
BOOST_DESCRIBE_STRUCT(endpoint_slice::content, (), (address_type, endpoints, ports))

inline constexpr char const* service_name_label = "kubernetes.io/service-name";

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::endpoint_slice)
