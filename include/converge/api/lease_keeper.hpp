// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/store/any_store.hpp>

namespace converge {

/// Erases what hangs on leases that were not renewed in time, until cancelled. Looks at the leases
/// again after commits, whoever made them, once for all within 5 ms: a lease may have been granted
/// with one, and ends up to 5 ms late if it is shorter. Several keepers of one store do no harm.
[[nodiscard]] CONVERGE_DECL task<> keep_leases(any_store target);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/api/impl/lease_keeper.ipp>
#endif
