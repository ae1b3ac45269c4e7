// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/race.hpp>

#include <converge/async/nursery.hpp>
#include <converge/async/sleep.hpp>
#include <converge/core/failure.hpp>

#include <exception>
#include <string>

namespace converge {

namespace detail {

/// Who came first, and how; the others were cancelled by it.
struct race_state {
    explicit race_state(executor where) : arms{std::move(where)} {}

    void won_by(std::size_t arm, std::exception_ptr failed)
    {
        if (winner)
            return;
        winner = arm;
        failure = std::move(failed);
        arms.cancel();
    }

    nursery arms;
    std::optional<std::size_t> winner;
    std::exception_ptr failure;
};

CONVERGE_DECL task<> race_arm(race_state& state, std::size_t arm, task<> body)
{
    std::exception_ptr failed;
    try {
        co_await std::move(body);
    } catch (...) {
        failed = std::current_exception();
    }
    state.won_by(arm, std::move(failed));
}

/// Wins only by failing: a service that ends quietly leaves the goal to go on.
CONVERGE_DECL task<> service_arm(race_state& state, std::size_t arm, task<> body)
{
    std::exception_ptr failed;
    try {
        co_await std::move(body);
    } catch (...) {
        failed = std::current_exception();
    }
    if (failed)
        state.won_by(arm, std::move(failed));
}

} // namespace detail

CONVERGE_DECL task<std::size_t> race(task<> first, task<> second)
{
    auto const where = co_await this_coro::executor;
    detail::race_state state{where};
    state.arms.spawn(detail::race_arm(state, 0, std::move(first)));
    state.arms.spawn(detail::race_arm(state, 1, std::move(second)));
    co_await state.arms.join();
    if (state.failure)
        std::rethrow_exception(state.failure);
    co_return *state.winner;
}

CONVERGE_DECL task<> until(task<> goal, task<> service)
{
    auto const where = co_await this_coro::executor;
    detail::race_state state{where};
    state.arms.spawn(detail::race_arm(state, 0, std::move(goal)));
    state.arms.spawn(detail::service_arm(state, 1, std::move(service)));
    co_await state.arms.join();
    if (state.failure)
        std::rethrow_exception(state.failure);
}

CONVERGE_DECL task<> deadline(task<> body, duration limit)
{
    auto const first = co_await race(std::move(body), sleep_for(limit));
    if (first == 0)
        co_return;
    auto const span = std::chrono::duration<double>(limit).count();
    throw error{errc::timed_out, "not done within " + std::to_string(span) + " s"};
}

} // namespace converge
