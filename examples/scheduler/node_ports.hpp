// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"

#include <string_view>

namespace scheduling {

/// Keeps a pod off nodes where a `hostPort` of it is taken.
struct node_ports {
    static constexpr std::string_view name = "NodePorts";

    void filter(placement_question const& asked, obstacles& found) const;
};

} // namespace scheduling
