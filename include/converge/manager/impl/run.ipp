// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/manager/run.hpp>

#include <converge/async/nursery.hpp>
#include <converge/async/wake.hpp>
#include <converge/core/failure.hpp>
#include <converge/manager/detail/health_scope.hpp>
#include <converge/manager/detail/plane.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <exception>
#include <memory>
#include <set>
#include <string>

namespace converge::detail {

/// Controllers of one name would take each other's fields for their own.
CONVERGE_DECL void check_names(std::vector<controller_spec> const& specs)
{
    std::set<std::string> names;
    for (auto const& spec : specs)
        if (!names.insert(spec.name).second)
            throw error{errc::invalid, "\"" + spec.name +
                                           "\": two controllers have this name, by which "
                                           "their writes are told apart; give one of them "
                                           "another with named(...)"};
}

/// Runs what all controllers stand on; if it fails, they have to stop.
CONVERGE_DECL task<> foundation(task<> body, nursery& controllers, std::exception_ptr& broken)
{
    std::exception_ptr failure;
    try {
        co_await std::move(body);
    } catch (...) {
        failure = std::current_exception();
    }
    auto const cancellation = co_await this_coro::cancellation_state;
    if (!failure || cancellation.cancelled() != boost::asio::cancellation_type::none)
        co_return;
    broken = failure;
    controllers.cancel();
}

/// Lets caches be started beside the others while it lives.
class lending_scope {
public:
    lending_scope(informer_set& caches, nursery& feeding, nursery& controllers,
                  std::exception_ptr& broken)
        : caches_{caches}
    {
        caches_.lend_by([&feeding, &controllers, &broken](task<> body) {
            return feeding.spawn_interruptible(foundation(std::move(body), controllers, broken));
        });
    }
    lending_scope(lending_scope const&) = delete;
    lending_scope& operator=(lending_scope const&) = delete;
    ~lending_scope() { caches_.lend_by({}); }

private:
    informer_set& caches_;
};

/// What a control plane without controllers does.
CONVERGE_DECL task<> rest()
{
    wake never;
    co_await never.wait();
}

/// Keeps what was acquired; when it is lost all stops at once.
CONVERGE_DECL task<> keep_leading(plane& of, nursery& controllers)
{
    co_await of.election()->keep();
    controllers.cancel();
    of.abandon();
}

/// Leads from when it can until it is cancelled. One of the controllers, so that a control plane
/// that stops seeks no more; the keeping goes on until they have ended.
CONVERGE_DECL task<> lead(plane& of, nursery& controllers, nursery& keeping,
                          std::exception_ptr& broken)
{
    co_await of.wait_synced();
    co_await of.election()->acquire();
    keeping.spawn(foundation(keep_leading(of, controllers), controllers, broken));
    for (auto const& loop : of.leaders_loops())
        controllers.spawn(loop->run());
    co_await rest();
}

CONVERGE_DECL task<> end_all(nursery& these)
{
    these.cancel();
    co_await these.join_shielded();
}

/// Gives the lease back, though this coroutine may be cancelled.
CONVERGE_DECL task<> release(elector& held)
{
    auto const where = co_await this_coro::executor;
    nursery last{where};
    last.spawn(held.release());
    co_await last.join_shielded();
}

CONVERGE_DECL task<> run_plane(client api, std::vector<controller_spec> specs,
                               run_options const& how, health_scope const& reports)
{
    auto const where = co_await this_coro::executor;
    auto const work = api.through();
    plane all{std::move(api), std::move(specs), how, where};
    health_scope::source const telling{reports, all};
    co_await this_coro::throw_if_cancelled(false);
    std::exception_ptr broken;
    std::exception_ptr ended;
    nursery keeping{where};
    nursery housekeeping{where, keeping};
    nursery feeding{where, housekeeping};
    nursery controllers{where, feeding};
    lending_scope const lending{all.caches(), feeding, controllers, broken};
    housekeeping.spawn(
        foundation(work->housekeep(how.context().log().in("housekeeping")), controllers, broken));
    for (auto const& [name, cache] : all.caches().all())
        feeding.spawn(foundation(cache->run(), controllers, broken));
    for (auto const& loop : all.loops())
        controllers.spawn(loop->run());
    if (all.election() != nullptr)
        controllers.spawn(lead(all, controllers, keeping, broken));
    else if (all.loops().empty())
        controllers.spawn(rest());
    try {
        co_await controllers.join();
    } catch (...) {
        ended = std::current_exception();
    }
    if (auto* const monitor = monitor_of(where))
        monitor->stopped();
    co_await end_all(feeding);
    co_await end_all(housekeeping);
    co_await end_all(keeping);
    if (all.election() != nullptr)
        co_await release(*all.election());
    co_await this_coro::throw_if_cancelled(true);
    if (broken)
        std::rethrow_exception(broken);
    if (ended)
        std::rethrow_exception(ended);
}

CONVERGE_DECL task<> run_all(client api, std::vector<controller_spec> specs, run_options how)
{
    check_names(specs);
    if (how.election())
        how.election()->check();
    health_scope const reports{how.reports()};
    bool const competes_again = how.election() && !how.election()->ends_when_lost();
    while (competes_again)
        co_await run_plane(api, specs, how, reports);
    co_await run_plane(std::move(api), std::move(specs), how, reports);
    if (how.election())
        throw error{errc::fenced, "the leadership by lease \"" + how.election()->held_by().name +
                                      "\" is lost; run it again to compete for it"};
}

} // namespace converge::detail
