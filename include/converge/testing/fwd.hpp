// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `testing`: a deterministic world for controllers.
///
/// A `world` is an execution context with virtual time, seeded order and seeded chance, in which
/// coroutines that know nothing of it run as *processes* that can be killed at any await and
/// started again. `simulated_network` stands between their clients and an api: requests take
/// time, outlive who sent them, and may get lost. The same seed gives the same run, always.

namespace converge::testing {

class world;
class process;
class simulated_network;

} // namespace converge::testing
