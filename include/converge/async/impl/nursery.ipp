// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/nursery.hpp>

#include <converge/async/detail/parked.hpp>
#include <converge/async/time_service.hpp>
#include <converge/async/wake.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <list>
#include <utility>

namespace converge {

namespace detail {

/// What a nursery shares with its children: it outlives whichever is destroyed first.
struct nursery_state {
    explicit nursery_state(executor on) : where{std::move(on)} {}

    void cancel()
    {
        cancelling = true;
        for (auto& signal : signals)
            signal.emit(boost::asio::cancellation_type::terminal);
    }

    void finished(std::list<boost::asio::cancellation_signal>::iterator child,
                  std::exception_ptr failure)
    {
        ended.splice(ended.end(), signals, child);
        if (failure && !first_failure && !cancelling) {
            first_failure = std::move(failure);
            cancel();
        }
        changed.notify_all();
    }

    executor where;
    std::list<boost::asio::cancellation_signal> signals;
    // A signal may be on the call stack when its child ends: it dies with the nursery.
    std::list<boost::asio::cancellation_signal> ended;
    std::exception_ptr first_failure;
    bool cancelling = false;
    wake changed;
};

/// Tells the nursery that a child ended, even if it was destroyed instead of finishing.
class child_ended {
public:
    child_ended(std::shared_ptr<nursery_state> state,
                std::list<boost::asio::cancellation_signal>::iterator child)
        : state_{std::move(state)}, child_{child}
    {
    }
    child_ended(child_ended&&) noexcept = default;
    child_ended& operator=(child_ended&&) = delete;

    ~child_ended()
    {
        if (state_)
            state_->ended.splice(state_->ended.end(), state_->signals, child_);
    }

    void operator()(std::exception_ptr failure)
    {
        std::exchange(state_, nullptr)->finished(child_, std::move(failure));
    }

private:
    std::shared_ptr<nursery_state> state_;
    std::list<boost::asio::cancellation_signal>::iterator child_;
};

} // namespace detail

CONVERGE_DECL nursery::nursery(executor where)
    : state_{std::make_shared<detail::nursery_state>(std::move(where))}
{
}

CONVERGE_DECL nursery::~nursery()
{
    if (state_->signals.empty())
        return;
    std::fputs("converge: a nursery was destroyed before its tasks were joined\n", stderr);
    std::abort();
}

CONVERGE_DECL void nursery::spawn(task<> child)
{
    auto const signal = state_->signals.emplace(state_->signals.end());
    auto& parking = boost::asio::use_service<detail::parking_service>(state_->where.context());
    boost::asio::co_spawn(parking.child_of(state_->where), std::move(child),
                          boost::asio::bind_cancellation_slot(
                              signal->slot(), detail::child_ended{state_, signal}));
}

CONVERGE_DECL void nursery::cancel()
{
    state_->cancel();
}

CONVERGE_DECL std::size_t nursery::size() const noexcept
{
    return state_->signals.size();
}

CONVERGE_DECL task<> nursery::join()
{
    return join(state_, [state = state_] { state->cancel(); }, std::nullopt);
}

CONVERGE_DECL task<> nursery::join_gracefully(std::function<void()> on_stop, duration grace)
{
    return join(state_, std::move(on_stop), grace);
}

CONVERGE_DECL task<> nursery::join_shielded()
{
    auto const state = state_;
    bool const throwing = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);
    while (!state->signals.empty())
        co_await state->changed.park(std::nullopt);
    co_await this_coro::throw_if_cancelled(throwing);
    if (state->first_failure)
        std::rethrow_exception(state->first_failure);
}

CONVERGE_DECL task<> nursery::join(std::shared_ptr<detail::nursery_state> state,
                                   std::function<void()> on_stop, std::optional<duration> grace)
{
    auto const where = co_await this_coro::executor;
    bool const throwing = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);
    bool stopped = false;
    std::optional<instant> give_up;
    while (!state->signals.empty()) {
        // A cancellation that came before this wait rings no bell: look first.
        auto const cancellation = co_await this_coro::cancellation_state;
        if (!stopped && cancellation.cancelled() != boost::asio::cancellation_type::none) {
            stopped = true;
            on_stop();
            if (grace)
                give_up = time_of(where).now() + *grace;
            continue;
        }
        auto const reason = co_await state->changed.park(give_up);
        if (reason == detail::wake_reason::due) {
            give_up.reset();
            state->cancel();
        }
    }
    co_await this_coro::throw_if_cancelled(throwing);
    if (state->first_failure)
        std::rethrow_exception(state->first_failure);
    if (stopped)
        throw boost::system::system_error{boost::asio::error::operation_aborted};
}

} // namespace converge
