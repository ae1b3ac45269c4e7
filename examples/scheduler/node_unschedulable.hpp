// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"

#include <string_view>

namespace scheduling {

/// Keeps pods off cordoned nodes, unless they tolerate `node.kubernetes.io/unschedulable`.
struct node_unschedulable {
    static constexpr std::string_view name = "NodeUnschedulable";

    void filter(placement_question const& asked, obstacles& found) const;
};

} // namespace scheduling
