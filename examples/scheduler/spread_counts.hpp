// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/cluster_snapshot.hpp"
#include "scheduler/pod_info.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace scheduling {

/// How many pods a spread constraint counts in each domain of its topology key. Only nodes that
/// the pod's node selector and affinity allow make domains.
struct domain_counts {
    std::map<std::string, std::int64_t> by_domain{};
    /// In the emptiest domain.
    std::int64_t fewest = 0;
    /// Whether the constraint counts the pod itself.
    bool counts_self = false;
};

/// One entry for each of the pod's `topologySpreadConstraints`.
using spread_counts = std::vector<domain_counts>;

/// Linear in the nodes and their pods, and free for pods without constraints.
[[nodiscard]] spread_counts count_spread(pod_info const& pod, cluster_snapshot const& cluster);

} // namespace scheduling
