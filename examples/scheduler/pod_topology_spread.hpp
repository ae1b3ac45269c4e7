// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"
#include "scheduler/profile.hpp"

#include <cstdint>
#include <string_view>

namespace scheduling {

/// Keeps a pod off nodes whose topology domain has more than `maxSkew` pods above the emptiest
/// (`DoNotSchedule`), and prefers domains with fewer (`ScheduleAnyway`).
struct pod_topology_spread {
    static constexpr std::string_view name = "PodTopologySpread";
    static constexpr normalization normalized = normalization::lower_is_better;

    void filter(placement_question const& asked, obstacles& found) const;
    [[nodiscard]] std::int64_t score(placement_question const& asked) const;
};

} // namespace scheduling
