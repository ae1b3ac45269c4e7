// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/controller/control_context.hpp>
#include <converge/controller/controller.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/manager/run_options.hpp>

#include <utility>
#include <vector>

namespace converge {

namespace detail {

[[nodiscard]] CONVERGE_DECL task<> run_all(client api, std::vector<controller_spec> specs,
                                           run_options how);

} // namespace detail

/// Runs a control plane until cancelled: the controllers over shared caches, one a kind. Without
/// controllers it does the housekeeping of the api alone.
///
/// Start, in this order: the housekeeping; the caches, which list and watch; each controller when
/// all that it reads is synced. With an election (`run_options::electing`): only those that are
/// `on_every_replica`; once all caches are synced leadership is sought; once this replica leads,
/// the others begin, over caches that are warm.
///
/// Stop, in this order: all controllers take no new keys, and reconciles in progress end or are
/// cancelled after the grace period of the context; the caches; the housekeeping; the lease, which
/// is renewed until then and now removed, so that the next replica leads at once.
///
/// A lease that is lost meanwhile, because it was not renewed in time or a write was refused as
/// fenced, skips the grace period: reconciles are cancelled at once. Then the control plane starts
/// anew, with fresh caches, and competes again.
///
/// @throws operation_aborted on cancellation, after all has ended; otherwise what broke the
///         foundations (a store that fails). Reconcilers' failures are retried, not thrown.
///         errc::invalid, before anything starts, if two controllers have one name (one given
///         twice too), if the health has another control plane already, or if the election's
///         spans do not fit; errc::fenced as `leader_election::ending_when_lost` says.
/// @par Cancellation  The lease is given back, for at most one renew interval; where that fails it
///                ends by itself.
/// @par Threads   All of it runs on the strand or thread of the coroutine that awaits, so
///                reconcilers need no locks among themselves.
/// @par Lifetime  What the reconcilers refer to must outlive the task.
/// @par Example   examples/01_hello.cpp, examples/11_leadership.cpp
template <resource... Rs>
[[nodiscard]] task<> run(client api, run_options how, controller<Rs>... controllers)
{
    std::vector<detail::controller_spec> specs{controllers.spec()...};
    return detail::run_all(std::move(api), std::move(specs), std::move(how));
}

template <resource... Rs>
[[nodiscard]] task<> run(client api, controller<Rs>... controllers)
{
    return run(std::move(api), run_options{}, std::move(controllers)...);
}

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/manager/impl/run.ipp>
#endif
