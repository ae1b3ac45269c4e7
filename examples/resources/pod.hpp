// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/affinity.hpp"
#include "resources/container.hpp"
#include "resources/container_status.hpp"
#include "resources/taint.hpp"
#include "resources/topology_spread_constraint.hpp"
#include "resources/volume.hpp"

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>
#include <converge/core/time.hpp>
#include <converge/model/condition.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cluster {

enum class pod_phase { pending, running, succeeded, failed, unknown };
BOOST_DESCRIBE_ENUM(pod_phase, pending, running, succeeded, failed, unknown)

enum class restart_policy { always, on_failure, never };
BOOST_DESCRIBE_ENUM(restart_policy, always, on_failure, never)

/// While a pod has one, it is not offered to the scheduler.
struct scheduling_gate {
    std::string name{};
};
BOOST_DESCRIBE_STRUCT(scheduling_gate, (), (name))

struct pod_address {
    std::string ip{};
};
BOOST_DESCRIBE_STRUCT(pod_address, (), (ip))

/// Containers that run together on one node.
struct pod {
    static constexpr converge::kind_name kind{"v1", "Pod"};

    struct spec {
        static constexpr bool omits_zero = true;

        std::vector<container> init_containers{};
        std::vector<container> containers{};
        std::vector<volume> volumes{};
        std::map<std::string, std::string> node_selector{};
        /// Set by the scheduler; never changed after.
        std::string node_name{};
        std::vector<toleration> tolerations{};
        cluster::affinity affinity{};
        std::vector<topology_spread_constraint> topology_spread_constraints{};
        int priority = 0;
        std::string priority_class_name{};
        cluster::restart_policy restart_policy = cluster::restart_policy::always;
        std::int64_t termination_grace_period_seconds = 30;
        std::string hostname{};
        std::string subdomain{};
        std::vector<scheduling_gate> scheduling_gates{};
        std::string scheduler_name{};
        std::string service_account_name{};
    };

    struct status {
        pod_phase phase = pod_phase::pending;
        std::vector<converge::condition> conditions{};
        std::string message{};
        std::string reason{};
        std::string nominated_node_name{};
        std::string host_ip{};
        std::string pod_ip{};
        std::vector<pod_address> pod_ips{};
        std::optional<converge::timestamp> start_time{};
        std::vector<container_status> init_container_statuses{};
        std::vector<container_status> container_statuses{};
    };
};
BOOST_DESCRIBE_STRUCT(pod::spec, (),
                      (init_containers, containers, volumes, node_selector, node_name, tolerations,
                       affinity, topology_spread_constraints, priority, priority_class_name,
                       restart_policy, termination_grace_period_seconds, hostname, subdomain,
                       scheduling_gates, scheduler_name, service_account_name))
BOOST_DESCRIBE_STRUCT(pod::status, (),
                      (phase, conditions, message, reason, nominated_node_name, host_ip, pod_ip,
                       pod_ips, start_time, init_container_statuses, container_statuses))

namespace pod_condition {
inline constexpr char const* scheduled = "PodScheduled";
inline constexpr char const* initialized = "Initialized";
inline constexpr char const* containers_ready = "ContainersReady";
inline constexpr char const* ready = "Ready";
} // namespace pod_condition

/// Whether it will never run again, well or not.
[[nodiscard]] inline bool has_ended(converge::object<pod> const& of)
{
    return of.status.phase == pod_phase::succeeded || of.status.phase == pod_phase::failed;
}

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::pod)
