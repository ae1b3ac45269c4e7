// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"
#include "scheduler/profile.hpp"

#include <cstdint>
#include <string_view>

namespace scheduling {

/// Keeps a pod off nodes whose labels do not meet its node selector and required node affinity,
/// and prefers nodes by the weights of its preferred node affinity.
struct node_affinity {
    static constexpr std::string_view name = "NodeAffinity";
    static constexpr normalization normalized = normalization::higher_is_better;

    void filter(placement_question const& asked, obstacles& found) const;
    [[nodiscard]] std::int64_t score(placement_question const& asked) const;
};

} // namespace scheduling
