// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `testing`: controllers in a deterministic world.
///
/// A `scenario` declares on a `simulation` what runs and what must hold; `explore` runs it with many
/// seeds, `sweep` with every single fault, `shrink` finds the fewest faults of a failure, and a
/// `fault_plan` repeats it. `simulation_main` makes a program of scenarios, `check_scenario` a test.
/// Beneath: `world`, an execution context with virtual time, seeded order and seeded chance, in which
/// coroutines that know nothing of it run as *processes* that can be killed at any await. The same
/// plan gives the same run, always, with every compiler.

namespace converge::testing {

class world;
class process;
class simulated_network;
class simulation;
class snapshot;
class timeline;
struct scenario;
struct fault_plan;

} // namespace converge::testing
