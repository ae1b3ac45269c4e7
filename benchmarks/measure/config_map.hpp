// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/object.hpp>

#include <boost/describe/class.hpp>

#include <cstddef>
#include <cstdio>
#include <map>
#include <string>

namespace bench {

/// The small object that the peers' caches and controllers are measured with: a ConfigMap of about
/// 400 bytes as JSON.
struct config_map {
    static constexpr converge::kind_name kind{"bench.converge.dev/v1", "ConfigMap"};
    struct content {
        std::map<std::string, std::string> data;
    };
};
BOOST_DESCRIBE_STRUCT(config_map::content, (), (data))

/// `namespace-007/object-0000042`: the keys of the peers' benchmarks, 28 bytes.
[[nodiscard]] inline converge::key<config_map> config_map_key(std::size_t number)
{
    char space[32];
    char name[32];
    std::snprintf(space, sizeof space, "namespace-%03zu", number % 100);
    std::snprintf(name, sizeof name, "object-%07zu", number);
    return converge::key<config_map>{converge::in_namespace{space}, name};
}

[[nodiscard]] inline converge::object<config_map> make_config_map(std::size_t number)
{
    auto const id = config_map_key(number);
    converge::object<config_map> made;
    made.metadata.namespace_ = id.namespace_;
    made.metadata.name = id.name;
    made.metadata.labels["app"] = "app-" + std::to_string(number % 100);
    made.metadata.labels["tier"] = "backend";
    made.metadata.annotations["example.com/owner"] = "team-a";
    made.content.data["config"] = std::string(64, 'x');
    made.content.data["mode"] = std::string(32, 'y');
    return made;
}

} // namespace bench
