// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/quantity_traits.hpp>
#include <converge/model/quantity.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cluster {

/// A directory that lives as long as the pod.
struct empty_dir_source {
    std::string medium{};
    std::optional<converge::quantity> size_limit{};
};
BOOST_DESCRIBE_STRUCT(empty_dir_source, (), (medium, size_limit))

/// A directory of the node.
struct host_path_source {
    std::string path{};
    std::string type{};
};
BOOST_DESCRIBE_STRUCT(host_path_source, (), (path, type))

/// Puts one entry at a path of its own.
struct key_to_path {
    std::string key{};
    std::string path{};
    std::optional<int> mode{};
};
BOOST_DESCRIBE_STRUCT(key_to_path, (), (key, path, mode))

/// The entries of a ConfigMap as files.
struct config_map_source {
    static constexpr bool omits_zero = true;

    std::string name{};
    std::vector<key_to_path> items{};
    std::optional<int> default_mode{};
    bool optional = false;
};
BOOST_DESCRIBE_STRUCT(config_map_source, (), (name, items, default_mode, optional))

/// The entries of a Secret as files.
struct secret_source {
    static constexpr bool omits_zero = true;

    std::string secret_name{};
    std::vector<key_to_path> items{};
    std::optional<int> default_mode{};
    bool optional = false;
};
BOOST_DESCRIBE_STRUCT(secret_source, (), (secret_name, items, default_mode, optional))

/// A directory that containers of the pod can mount; exactly one source is set.
struct volume {
    std::string name{};
    std::optional<empty_dir_source> empty_dir{};
    std::optional<host_path_source> host_path{};
    std::optional<config_map_source> config_map{};
    std::optional<secret_source> secret{};
};
BOOST_DESCRIBE_STRUCT(volume, (), (name, empty_dir, host_path, config_map, secret))

struct volume_mount {
    static constexpr bool omits_zero = true;

    std::string name{};
    std::string mount_path{};
    std::string sub_path{};
    bool read_only = false;
};
BOOST_DESCRIBE_STRUCT(volume_mount, (), (name, mount_path, sub_path, read_only))

} // namespace cluster
