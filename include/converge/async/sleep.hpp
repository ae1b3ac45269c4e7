// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

namespace converge {

/// The monotonic time where this coroutine runs.
[[nodiscard]] CONVERGE_DECL task<instant> now();

/// Suspends until `due`; returns at once, after one turn of the executor, if it has passed.
/// @throws boost::system::system_error (operation_aborted) on cancellation.
[[nodiscard]] CONVERGE_DECL task<> sleep_until(instant due);

/// Suspends for `span`. @throws as `sleep_until`.
[[nodiscard]] CONVERGE_DECL task<> sleep_for(duration span);

/// Lets everything else that is ready on this executor run first.
/// @throws boost::system::system_error (operation_aborted) on cancellation.
[[nodiscard]] CONVERGE_DECL task<> yield();

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/async/impl/sleep.ipp>
#endif
