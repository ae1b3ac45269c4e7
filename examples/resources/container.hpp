// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/probe.hpp"
#include "resources/volume.hpp"

#include <converge/codec/quantity_traits.hpp>
#include <converge/model/quantity.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cluster {

/// Amounts by resource: `cpu`, `memory`, `pods`, or a countable one such as `example.com/gpu`.
using resource_list = std::map<std::string, converge::quantity>;

enum class transport_protocol { tcp, udp, sctp };
BOOST_DESCRIBE_ENUM(transport_protocol, tcp, udp, sctp)

/// A port that the container listens on. `host_port` also takes that port of the node.
struct container_port {
    static constexpr bool omits_zero = true;

    std::string name{};
    int container_port = 0;
    int host_port = 0;
    std::string host_ip{};
    transport_protocol protocol = transport_protocol::tcp;
};
BOOST_DESCRIBE_STRUCT(container_port, (), (name, container_port, host_port, host_ip, protocol))

/// A field of the pod itself: `metadata.name`, `status.podIP`, ...
struct object_field_selector {
    std::string api_version{};
    std::string field_path{};
};
BOOST_DESCRIBE_STRUCT(object_field_selector, (), (api_version, field_path))

/// One entry of a ConfigMap or Secret of the pod's namespace.
struct key_selector {
    static constexpr bool omits_zero = true;

    std::string name{};
    std::string key{};
    bool optional = false;
};
BOOST_DESCRIBE_STRUCT(key_selector, (), (name, key, optional))

/// Exactly one is set.
struct env_var_source {
    std::optional<object_field_selector> field_ref{};
    std::optional<key_selector> config_map_key_ref{};
    std::optional<key_selector> secret_key_ref{};
};
BOOST_DESCRIBE_STRUCT(env_var_source, (), (field_ref, config_map_key_ref, secret_key_ref))

struct env_var {
    std::string name{};
    std::string value{};
    std::optional<env_var_source> value_from{};
};
BOOST_DESCRIBE_STRUCT(env_var, (), (name, value, value_from))

struct env_from_reference {
    static constexpr bool omits_zero = true;

    std::string name{};
    bool optional = false;
};
BOOST_DESCRIBE_STRUCT(env_from_reference, (), (name, optional))

/// Every entry of a ConfigMap or Secret as a variable.
struct env_from_source {
    std::string prefix{};
    std::optional<env_from_reference> config_map_ref{};
    std::optional<env_from_reference> secret_ref{};
};
BOOST_DESCRIBE_STRUCT(env_from_source, (), (prefix, config_map_ref, secret_ref))

/// What is set aside for the container (`requests`) and what it may not exceed (`limits`).
struct resource_requirements {
    resource_list requests{};
    resource_list limits{};
};
BOOST_DESCRIBE_STRUCT(resource_requirements, (), (requests, limits))

struct container {
    std::string name{};
    std::string image{};
    std::vector<std::string> command{};
    std::vector<std::string> args{};
    std::string working_dir{};
    std::vector<env_var> env{};
    std::vector<env_from_source> env_from{};
    std::vector<cluster::container_port> ports{};
    resource_requirements resources{};
    std::vector<volume_mount> volume_mounts{};
    std::optional<probe> readiness_probe{};
    std::optional<probe> liveness_probe{};
    std::optional<probe> startup_probe{};
    std::optional<cluster::lifecycle> lifecycle{};
    std::string image_pull_policy{};
};
BOOST_DESCRIBE_STRUCT(container, (),
                      (name, image, command, args, working_dir, env, env_from, ports, resources,
                       volume_mounts, readiness_probe, liveness_probe, startup_probe, lifecycle,
                       image_pull_policy))

} // namespace cluster
