// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"

#include <string_view>

namespace scheduling {

/// Keeps a pod off nodes that have too little free of any resource it requests, the number of
/// pods and countable resources (`example.com/gpu`) included.
struct node_resources_fit {
    static constexpr std::string_view name = "NodeResourcesFit";

    void filter(placement_question const& asked, obstacles& found) const;
};

} // namespace scheduling
