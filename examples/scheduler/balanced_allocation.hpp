// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/placement_question.hpp"
#include "scheduler/profile.hpp"

#include <cstdint>
#include <string_view>

namespace scheduling {

/// Prefers nodes where the pod brings the used shares of cpu and memory closer together.
struct balanced_allocation {
    static constexpr std::string_view name = "NodeResourcesBalancedAllocation";
    static constexpr normalization normalized = normalization::none;

    [[nodiscard]] std::int64_t score(placement_question const& asked) const;
};

} // namespace scheduling
