// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"
#include "scheduler/profile.hpp"

#include <cstdint>
#include <string_view>

namespace scheduling {

/// Keeps a pod off nodes with a `NoSchedule` or `NoExecute` taint that it does not tolerate, and
/// prefers nodes with fewer `PreferNoSchedule` taints that it does not tolerate.
struct taint_toleration {
    static constexpr std::string_view name = "TaintToleration";
    static constexpr normalization normalized = normalization::lower_is_better;

    void filter(placement_question const& asked, obstacles& found) const;
    [[nodiscard]] std::int64_t score(placement_question const& asked) const;
};

} // namespace scheduling
