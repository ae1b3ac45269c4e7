// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/manager/run.hpp>

#include <converge/async/nursery.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/controller/detail/controller_loop.hpp>
#include <converge/core/failure.hpp>

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
CONVERGE_DECL task<> foundation(task<> body, nursery& controllers,
                                       std::exception_ptr& broken)
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

/// What a control plane without controllers does.
CONVERGE_DECL task<> rest()
{
    wake never;
    co_await never.wait();
}

CONVERGE_DECL task<> run_all(client api, std::vector<controller_spec> specs,
                                    control_context context)
{
    check_names(specs);
    informer_set caches{api.through(), context.log().in("cache")};
    std::vector<std::unique_ptr<controller_loop>> loops;
    for (auto& spec : specs) {
        loops.push_back(
            std::make_unique<controller_loop>(std::move(spec), api, caches, context));
        loops.back()->connect();
    }
    auto const where = co_await this_coro::executor;
    co_await this_coro::throw_if_cancelled(false);
    std::exception_ptr broken;
    std::exception_ptr ended;
    nursery foundations{where};
    nursery controllers{where, foundations};
    foundations.spawn(foundation(api.through()->housekeep(context.log().in("housekeeping")),
                                 controllers, broken));
    for (auto const& [name, cache] : caches.all())
        foundations.spawn(foundation(cache->run(), controllers, broken));
    for (auto const& loop : loops)
        controllers.spawn(loop->run());
    if (loops.empty())
        controllers.spawn(rest());
    try {
        co_await controllers.join();
    } catch (...) {
        ended = std::current_exception();
    }
    foundations.cancel();
    co_await foundations.join_shielded();
    co_await this_coro::throw_if_cancelled(true);
    if (broken)
        std::rethrow_exception(broken);
    if (ended)
        std::rethrow_exception(ended);
}

} // namespace converge::detail
