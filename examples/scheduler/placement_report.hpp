// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace scheduling {

struct plugin_score {
    std::string plugin{};
    /// 0 to 100, before the weight.
    std::int64_t score = 0;
    int weight = 1;

    friend bool operator==(plugin_score const&, plugin_score const&) = default;
};

/// What became of one node.
struct node_verdict {
    std::string node{};
    /// In the order of the profile; the first is the primary reason. Empty if the pod fits.
    std::vector<obstacle> obstacles{};
    /// Only where the pod fits.
    std::vector<plugin_score> scores{};
    std::int64_t total_score = 0;

    [[nodiscard]] bool fits() const { return obstacles.empty(); }

    friend bool operator==(node_verdict const&, node_verdict const&) = default;
};

/// Where a pod goes, or why it goes nowhere.
struct placement_report {
    /// Empty if the pod fits nowhere.
    std::string node{};
    /// Every node that was considered, by name.
    std::vector<node_verdict> nodes{};

    [[nodiscard]] bool placed() const { return !node.empty(); }
    /// `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.` Each node
    /// is counted once, by its primary reason, so that the numbers add up.
    [[nodiscard]] std::string summary() const;
    /// A line for each node that does not do, with numbers:
    /// `n1: Insufficient cpu: needs 900m, free 200m (capacity 2, used 1800m)`.
    [[nodiscard]] std::string detail() const;
    /// Whether removing pods from a node might make room.
    [[nodiscard]] bool preemption_may_help() const;

    friend bool operator==(placement_report const&, placement_report const&) = default;
};

} // namespace scheduling
