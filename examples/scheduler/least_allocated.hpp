// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/placement_question.hpp"
#include "scheduler/profile.hpp"

#include <cstdint>
#include <string_view>

namespace scheduling {

/// Prefers nodes with the largest free share of cpu and memory, the pod included.
struct least_allocated {
    static constexpr std::string_view name = "LeastAllocated";
    static constexpr normalization normalized = normalization::none;

    [[nodiscard]] std::int64_t score(placement_question const& asked) const;
};

} // namespace scheduling
