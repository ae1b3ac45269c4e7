// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>

#include <boost/describe/class.hpp>

#include <map>
#include <string>

namespace cluster {

/// Configuration that pods read as variables or files.
struct config_map {
    static constexpr converge::kind_name kind{"v1", "ConfigMap"};

    struct content {
        static constexpr bool omits_zero = true;

        std::map<std::string, std::string> data{};
        /// Base64.
        std::map<std::string, std::string> binary_data{};
        bool immutable = false;
    };
};
BOOST_DESCRIBE_STRUCT(config_map::content, (), (data, binary_data, immutable))

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::config_map)
