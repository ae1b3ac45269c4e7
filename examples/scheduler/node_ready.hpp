// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"

#include <string_view>

namespace scheduling {

/// Keeps pods off nodes whose condition `Ready` is not `True`.
struct node_ready {
    static constexpr std::string_view name = "NodeReady";

    void filter(placement_question const& asked, obstacles& found) const;
};

} // namespace scheduling
