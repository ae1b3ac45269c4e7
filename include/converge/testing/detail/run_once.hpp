// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/end_state.hpp>
#include <converge/testing/detail/run_trace.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/simulation.hpp>
#include <converge/testing/timeline.hpp>
#include <converge/testing/violation.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace converge::testing::detail {

/// The oracle that accuses scenarios whose runs a plan does not decide.
inline constexpr std::string_view same_run_oracle = "the same seed gives the same run";

/// How runs of a scenario end without faults, by the state that they end in: made when first asked
/// for. Thread-safe.
class calm_ends {
public:
    [[nodiscard]] CONVERGE_DECL end_state const& of(scenario const& what, std::size_t desired);

private:
    std::mutex mutex_;
    std::map<std::size_t, end_state> known_;
};

/// Where faults could have been, in a run.
struct fault_places {
    std::vector<fault> all;
    /// For each of them, how much of it makes a difference: the steps of a process that may die.
    std::vector<std::uint64_t> amounts;
};

/// Who wants to know what of a run; each may be null.
struct listeners {
    timeline* told = nullptr;
    /// All places where a fault could have been.
    fault_places* places = nullptr;
    run_trace* trace = nullptr;
};

/// Exceptions of the scenario's own code are violations.
[[nodiscard]] CONVERGE_DECL run_report run_once(scenario const& what, fault_plan const& plan,
                                                calm_ends& ends, listeners to = {});

/// The plan of a run that was made, with its faults listed.
[[nodiscard]] inline fault_plan plan_of(fault_plan from, run_report const& made)
{
    from.faults = made.faults;
    return from;
}

/// Whether a run goes wrong in the same way.
[[nodiscard]] inline bool alike(std::optional<violation> const& one, violation const& other)
{
    return one && one->oracle == other.oracle;
}

/// A run, and what ran in each step of it.
struct traced_run {
    run_report report;
    run_trace trace;
};

[[nodiscard]] CONVERGE_DECL traced_run run_traced(scenario const& what, fault_plan const& plan,
                                                  calm_ends& ends, timeline* told = nullptr);

/// Where two runs of one plan part, as text: the first step that differs, or what they found if no
/// step does. Empty if they are the same.
[[nodiscard]] CONVERGE_DECL std::string difference(traced_run const& one, traced_run const& other);

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/run_once.ipp>
#endif
