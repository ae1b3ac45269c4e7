// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"

#include <string_view>

namespace scheduling {

/// Keeps a pod that names its node off all others.
struct node_name {
    static constexpr std::string_view name = "NodeName";

    void filter(placement_question const& asked, obstacles& found) const;
};

} // namespace scheduling
