// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/transport.hpp>
#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/observe/logger.hpp>
#include <converge/store/any_store.hpp>

namespace converge {

/// Removes the objects whose owners are all gone, and lets owners go that waited for theirs
/// (foreground) or for their release (orphan); until cancelled.
///
/// Every step names the revision that was decided about, so that a namesake is never hit, nor what
/// has found another owner meanwhile. Several collectors of one store do no harm. While the store
/// holds an object that cannot be decoded, which `log` is told, nothing counts as gone.
/// @throws operation_aborted on cancellation; failures of the store other than `gone`.
/// @par Complexity  Memory for one entry an object; each change looks at its owners and
///                  dependents only.
[[nodiscard]] CONVERGE_DECL task<> collect_garbage(transport& through, any_store target,
                                                   logger log = {});

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/api/impl/garbage_collector.ipp>
#endif
