// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/exploration.hpp>
#include <converge/testing/explore_options.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/simulation.hpp>
#include <converge/testing/violation.hpp>

#include <cstdint>
#include <string>

namespace converge::testing {

/// Runs a scenario with many seeds, on all processors; what is found does not depend on how many
/// there are: where it stops at the first failure, by seed, it counts no run behind that. Finds the
/// fewest faults that still bring the failure about.
///
/// @par Threads     `what.declare` is called from several threads at once, and for some seeds twice
///                  (see `scenario`).
/// @par Complexity  Memory hangs on the threads and the failures that are kept, not on the seeds.
///                  Each failure that is kept is run some hundred times more, to be shrunk.
[[nodiscard]] CONVERGE_DECL exploration explore(scenario const& what, explore_options how = {});

/// Runs one plan. Exceptions of the scenario's own code are violations.
CONVERGE_DECL run_report run_plan(scenario const& what, fault_plan const& plan);
/// As above, and tells who did what when.
CONVERGE_DECL run_report run_plan(scenario const& what, fault_plan const& plan, timeline& told);

/// Finds a plan with fewer faults that still violates what `plan` does: by leaving out halves, then
/// quarters, down to single ones (Zeller's ddmin). The run is made some hundred times at most. A
/// run that is only accused of not being the same twice is left as it is: no plan decides that.
[[nodiscard]] CONVERGE_DECL failed_run shrink(scenario const& what, fault_plan const& plan,
                                              violation const& wrong);

/// Learns at which places a fault of a kind can happen in a run where nothing goes wrong, and makes
/// one run for each of them alone: a crash at every step, every answer lost, every event hidden.
/// Keeps the first ten failures.
[[nodiscard]] CONVERGE_DECL exploration sweep(scenario const& what, fault_kind kind,
                                              std::uint64_t seed = 0);

/// Runs a plan twice. @returns where the two runs part, as text: the first step that differs, and
/// what each did then. Empty if they do not: then what runs in it asks nothing of the outside that
/// the plan does not decide.
[[nodiscard]] CONVERGE_DECL std::string first_difference(scenario const& what,
                                                         fault_plan const& plan);

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/explore.ipp>
#include <converge/testing/impl/sweep.ipp>
#endif
