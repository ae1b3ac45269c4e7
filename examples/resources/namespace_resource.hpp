// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <string>
#include <vector>

namespace cluster {

enum class namespace_phase { active, terminating };
BOOST_DESCRIBE_ENUM(namespace_phase, active, terminating)

/// A room for names; deleting it deletes what is in it.
struct namespace_resource {
    static constexpr converge::kind_name kind{"v1", "Namespace"};
    static constexpr converge::scope scope = converge::scope::cluster;

    struct spec {
        std::vector<std::string> finalizers{};
    };

    struct status {
        namespace_phase phase = namespace_phase::active;
    };
};
BOOST_DESCRIBE_STRUCT(namespace_resource::spec, (), (finalizers))
BOOST_DESCRIBE_STRUCT(namespace_resource::status, (), (phase))

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::namespace_resource)
