// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/int_or_string.hpp"
#include "resources/pod_template.hpp"

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/label_selector.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cluster {

/// Bounds of a rollout, each a count or a percentage of the replicas.
struct rolling_update {
    int_or_string max_unavailable = int_or_string::percent(25);
    int_or_string max_surge = int_or_string::percent(25);
};
BOOST_DESCRIBE_STRUCT(rolling_update, (), (max_unavailable, max_surge))

enum class deployment_strategy_type { rolling_update, recreate };
BOOST_DESCRIBE_ENUM(deployment_strategy_type, rolling_update, recreate)

struct deployment_strategy {
    deployment_strategy_type type = deployment_strategy_type::rolling_update;
    cluster::rolling_update rolling_update{};
};
BOOST_DESCRIBE_STRUCT(deployment_strategy, (), (type, rolling_update))

/// Keeps a number of equal pods running and replaces them when the template changes.
struct deployment {
    static constexpr converge::kind_name kind{"apps/v1", "Deployment"};

    struct spec {
        int replicas = 1;
        converge::label_selector_spec selector{};
        cluster::pod_template template_{};
        deployment_strategy strategy{};
        int min_ready_seconds = 0;
        int revision_history_limit = 10;
        bool paused = false;
        int progress_deadline_seconds = 600;
    };

    struct status {
        std::int64_t observed_generation = 0;
        int replicas = 0;
        int updated_replicas = 0;
        int ready_replicas = 0;
        int available_replicas = 0;
        int unavailable_replicas = 0;
        std::vector<converge::condition> conditions{};
    };
};
BOOST_DESCRIBE_STRUCT(deployment::spec, (),
                      (replicas, selector, template_, strategy, min_ready_seconds,
                       revision_history_limit, paused, progress_deadline_seconds))
BOOST_DESCRIBE_STRUCT(deployment::status, (),
                      (observed_generation, replicas, updated_replicas, ready_replicas,
                       available_replicas, unavailable_replicas, conditions))

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::deployment)
