// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/scaling_verdict.hpp"

#include <converge/codec/extern_codec.hpp>
#include <converge/codec/wire_name.hpp>
#include <converge/core/kind_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace cluster {

/// How to choose among machine types that would all help.
enum class expander { price, least_waste, priority, least_nodes };
BOOST_DESCRIBE_ENUM(expander, price, least_waste, priority, least_nodes)

/// What the autoscaler may do, and what it thinks of every pending pod. There is one, `default`.
struct autoscaler {
    static constexpr converge::kind_name kind{"cluster.converge.dev/v1", "Autoscaler"};
    static constexpr converge::scope scope = converge::scope::cluster;

    struct spec {
        cluster::expander expander = cluster::expander::price;
        /// How many machines there may be in all; no limit if absent.
        std::optional<int> max_machines_total{};
        /// A machine that has not become a ready node so long after the provider was asked for it
        /// is given up.
        std::int64_t provision_timeout_seconds = 900;
    };

    struct status {
        int machines = 0;
        std::vector<scaling_verdict> verdicts{};
    };
};
BOOST_DESCRIBE_STRUCT(autoscaler::spec, (),
                      (expander, max_machines_total, provision_timeout_seconds))
BOOST_DESCRIBE_STRUCT(autoscaler::status, (), (machines, verdicts))

} // namespace cluster

/// Written as the command line writes them: `least-waste`.
template <>
struct converge::wire_names<cluster::expander> {
    static constexpr converge::wire_name_exception exceptions[] = {{"price", "price"},
                                                                   {"least_waste", "least-waste"},
                                                                   {"priority", "priority"},
                                                                   {"least_nodes", "least-nodes"}};
};

CONVERGE_EXTERN_CODEC(cluster::autoscaler)
