// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/pod_template.hpp"

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/label_selector.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <vector>

namespace cluster {

/// Keeps a number of equal pods running.
struct replica_set {
    static constexpr converge::kind_name kind{"apps/v1", "ReplicaSet"};

    struct spec {
        int replicas = 1;
        int min_ready_seconds = 0;
        converge::label_selector_spec selector{};
        cluster::pod_template template_{};
    };

    struct status {
        std::int64_t observed_generation = 0;
        int replicas = 0;
        int fully_labeled_replicas = 0;
        int ready_replicas = 0;
        int available_replicas = 0;
        std::vector<converge::condition> conditions{};
    };
};
BOOST_DESCRIBE_STRUCT(replica_set::spec, (), (replicas, min_ready_seconds, selector, template_))
BOOST_DESCRIBE_STRUCT(replica_set::status, (),
                      (observed_generation, replicas, fully_labeled_replicas, ready_replicas,
                       available_replicas, conditions))

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::replica_set)
