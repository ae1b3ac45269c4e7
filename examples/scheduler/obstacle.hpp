// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <vector>

namespace scheduling {

/// Whether removing pods from the node could help.
enum class resolvable { by_preemption, never };

/// One thing that keeps a pod off a node.
struct obstacle {
    /// The filter that says no.
    std::string plugin{};
    /// What summaries count: `Insufficient cpu`. Names no label, taint or pod.
    std::string reason{};
    /// `cpu`, or the key of the label or taint.
    std::string resource{};
    std::string needs{};
    /// What the node has of it: the free amount, the label's value (empty if it has none).
    std::string offers{};
    /// How much is missing; empty where that is no amount.
    std::string short_{};
    /// The numbers for people: `needs 900m, free 200m (capacity 2, used 1800m)`.
    std::string detail{};
    resolvable help = resolvable::never;

    friend bool operator==(obstacle const&, obstacle const&) = default;
};

using obstacles = std::vector<obstacle>;

} // namespace scheduling
