// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `async`: coroutines with owners.
///
/// `task<T>` is the coroutine type. `time_service` and `random_service` are how a coroutine reads
/// clocks and chance: both belong to the execution context, so that the same coroutine runs on
/// an `io_context` and in simulation. `wake` suspends until notified; `nursery`, `race`,
/// `until`, `deadline`, `shield` and `with_cleanup` compose tasks so that none is ever left
/// behind; `block_on` runs one from `main`.
///
/// Only terminal cancellation is part of any contract here. One control plane runs on one
/// strand or thread; where something may be called from elsewhere its comment says so.

namespace converge {

class time_service;
class random_service;
class wake;
class nursery;

} // namespace converge
