// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/lease_keeper.hpp>

#include <converge/async/nursery.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>
#include <converge/core/failure.hpp>

#include <chrono>
#include <utility>

namespace converge {

namespace detail {

/// Rings the bell when something was committed, once for all that come soon after: a lease may have
/// been granted, and to look after each of ten thousand commits a second would be most of the work.
[[nodiscard]] CONVERGE_DECL task<> ring_on_commits(any_store target, wake& bell)
{
    // Shorter than any lease is useful.
    constexpr auto pause = std::chrono::milliseconds{5};
    for (;;) {
        auto const place = co_await target.newest();
        watch_query everything{"", place};
        auto const stream = target.watch(std::move(everything));
        bell.notify_one();
        try {
            co_await stream->next();
        } catch (error const& failed) {
            if (!failed.is(errc::gone))
                throw;
        }
        co_await sleep_for(pause);
    }
}

[[nodiscard]] CONVERGE_DECL task<> expire_in_time(any_store target, wake& bell)
{
    for (;;) {
        auto const present = co_await now();
        auto const next = co_await target.housekeep(present);
        if (next)
            co_await bell.wait_until(*next);
        else
            co_await bell.wait();
    }
}

} // namespace detail

CONVERGE_DECL task<> keep_leases(any_store target)
{
    wake bell;
    auto const where = co_await this_coro::executor;
    nursery both{where};
    both.spawn(detail::ring_on_commits(target, bell));
    both.spawn(detail::expire_in_time(target, bell));
    co_await both.join();
}

} // namespace converge
