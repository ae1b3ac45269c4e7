// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/transport.hpp>
#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/store/any_store.hpp>

namespace converge {

/// Removes the objects whose owners are all gone, and lets owners go that waited for theirs
/// (foreground) or for their release (orphan); until cancelled.
///
/// Every removal names the uid that was decided about, so a namesake is never hit. Several
/// collectors of one store do no harm.
/// @throws operation_aborted on cancellation; failures of the store other than `gone`.
/// @par Complexity  Memory for one entry an object; each change looks at its owners and
///                  dependents only.
[[nodiscard]] CONVERGE_DECL task<> collect_garbage(transport& through, any_store target);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/api/impl/garbage_collector.ipp>
#endif
