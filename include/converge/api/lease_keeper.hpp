// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/async/wake.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/store/any_store.hpp>

namespace converge {

/// Erases what hangs on leases that were not renewed in time, until cancelled. `granted` is
/// notified after each grant. Several keepers of one store do no harm.
[[nodiscard]] CONVERGE_DECL task<> keep_leases(any_store target, wake& granted);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/api/impl/lease_keeper.ipp>
#endif
