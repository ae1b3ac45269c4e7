// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/affinity.hpp"
#include "scheduler/node_info.hpp"
#include "scheduler/pod_info.hpp"

#include <string>
#include <vector>

namespace scheduling {

/// One demand on labels that a node does not meet.
struct label_mismatch {
    std::string key{};
    /// In words: `ssd`, `a or b`, `not x`, `any value`.
    std::string needs{};
    /// The node's value; empty if it does not have the label.
    std::string offers{};
};

/// Whether the node meets the pod's node selector and required node affinity.
[[nodiscard]] bool selects(pod_info const& pod, node_info const& node);
[[nodiscard]] bool selects(cluster::node_selector_term const& term, node_info const& node);

/// Everything that keeps `selects` from holding; of several alternatives, the nearest one.
[[nodiscard]] std::vector<label_mismatch> label_mismatches(pod_info const& pod,
                                                           node_info const& node);

} // namespace scheduling
