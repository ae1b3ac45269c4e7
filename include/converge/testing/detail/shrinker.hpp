// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/run_once.hpp>
#include <converge/testing/exploration.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/simulation.hpp>
#include <converge/testing/violation.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace converge::testing::detail {

/// Leaves out parts of a plan as long as what remains still goes wrong.
class shrinker {
public:
    shrinker(scenario const& what, fault_plan plan, violation wrong, calm_ends& ends)
        : what_{what},
          plan_{std::move(plan)},
          wrong_{std::move(wrong)},
          ends_{ends}
    {}

    [[nodiscard]] CONVERGE_DECL failed_run run();

private:
    static constexpr int tries_max = 400;

    [[nodiscard]] CONVERGE_DECL bool fails_with(std::vector<fault> const& faults);
    [[nodiscard]] CONVERGE_DECL bool leave_out_part(std::size_t parts);
    CONVERGE_DECL void go_without_resyncs();
    CONVERGE_DECL void take_in_order();

    scenario const& what_;
    fault_plan plan_;
    violation wrong_;
    calm_ends& ends_;
    int tries_ = 0;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/shrinker.ipp>
#endif
