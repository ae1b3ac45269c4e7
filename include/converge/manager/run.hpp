// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/controller/control_context.hpp>
#include <converge/controller/controller.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/core/detail/config.hpp>

#include <utility>
#include <vector>

namespace converge {

namespace detail {

[[nodiscard]] CONVERGE_DECL task<> run_all(client api, std::vector<controller_spec> specs,
                                           control_context context);

} // namespace detail

/// Runs a control plane until cancelled: the controllers over shared caches, one a kind. Without
/// controllers it does the housekeeping of the api alone.
///
/// Start: caches list and watch; each controller begins when all that it reads is synced. Stop:
/// no new keys, reconciles in progress end or are cancelled after the grace period of the
/// context, then caches and housekeeping end.
///
/// @throws operation_aborted on cancellation, after all has ended; otherwise what broke the
///         foundations (a store that fails). Reconcilers' failures are retried, not thrown.
///         errc::invalid, before anything starts, if two controllers have one name.
/// @par Threads   All of it runs on the strand or thread of the coroutine that awaits, so
///                reconcilers need no locks among themselves.
/// @par Lifetime  What the reconcilers refer to must outlive the task.
/// @par Example   examples/01_hello.cpp
template <resource... Rs>
[[nodiscard]] task<> run(client api, control_context context, controller<Rs>... controllers)
{
    std::vector<detail::controller_spec> specs{controllers.spec()...};
    return detail::run_all(std::move(api), std::move(specs), std::move(context));
}

template <resource... Rs>
[[nodiscard]] task<> run(client api, controller<Rs>... controllers)
{
    return run(std::move(api), control_context{}, std::move(controllers)...);
}

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/manager/impl/run.ipp>
#endif
