// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/nursery.hpp>

#include <converge/async/detail/parked.hpp>
#include <converge/async/time_service.hpp>
#include <converge/async/wake.hpp>
#include <converge/work/detail/saturating.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <list>
#include <utility>

namespace converge {

namespace detail {

/// One task of a nursery.
struct nursery_child {
    boost::asio::cancellation_signal signal;
    bool started = false;
};

/// What a nursery shares with its children: it outlives whichever is destroyed first.
struct nursery_state final : keeper {
    nursery_state(executor on, std::shared_ptr<nursery_state> within)
        : where{std::move(on)},
          outer{std::move(within)}
    {}

    void cancel()
    {
        cancelling = true;
        // Those that have not started look for themselves: Asio's frame around a spawned
        // coroutine throws into the executor if it is cancelled before its first turn.
        for (auto& child : children)
            if (child.started)
                child.signal.emit(boost::asio::cancellation_type::terminal);
    }

    CONVERGE_DECL std::list<nursery_child>::iterator
    spawn(std::shared_ptr<nursery_state> const& self, task<> child);

    void finished(std::list<nursery_child>::iterator child, std::exception_ptr failure)
    {
        left(child);
        if (failure && !first_failure && !cancelling) {
            first_failure = std::move(failure);
            cancel();
        }
        changed.notify_all();
    }

    void left(std::list<nursery_child>::iterator child)
    {
        ended.splice(ended.end(), children, child);
        handler doomed = std::move(parent);
        if (doomed)
            (void)keep(doomed);
    }

    bool keep(handler& doomed) override
    {
        if (children.empty())
            return outer && outer->keep(doomed);
        parent.swap(doomed);
        return true;
    }

    executor where;
    std::shared_ptr<nursery_state> outer;
    std::list<nursery_child> children;
    // A signal may be on the call stack when its child ends: it stays until the parent goes on.
    std::list<nursery_child> ended;
    // The coroutine that waits in join, once its context has ended: dies with the last child.
    handler parent;
    std::exception_ptr first_failure;
    bool cancelling = false;
    wake changed;
};

/// Tells the nursery that a child ended, even if it was destroyed instead of finishing.
///
/// Names the slot itself: through bind_cancellation_slot it would have an executor too, and Asio
/// would then deliver the cancellation through that executor, later, when the signal may be gone.
class child_ended {
public:
    using cancellation_slot_type = boost::asio::cancellation_slot;

    child_ended(std::shared_ptr<nursery_state> state, std::list<nursery_child>::iterator child)
        : state_{std::move(state)},
          child_{child}
    {}
    child_ended(child_ended&&) noexcept = default;
    child_ended& operator=(child_ended&&) = delete;

    ~child_ended()
    {
        if (state_)
            state_->left(child_);
    }

    [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept
    {
        return child_->signal.slot();
    }

    void operator()(std::exception_ptr failure)
    {
        std::exchange(state_, nullptr)->finished(child_, std::move(failure));
    }

private:
    std::shared_ptr<nursery_state> state_;
    std::list<nursery_child>::iterator child_;
};

/// The body of a child. Once it has ended a cancellation must not throw any more: what Asio's
/// frame around it still awaits would throw into the executor.
CONVERGE_DECL task<> child_body(nursery_state& state, nursery_child& child, task<> body)
{
    std::exception_ptr failure;
    try {
        // Not before the parent waits in join, where it can be cancelled without leaving.
        co_await boost::asio::post(boost::asio::use_awaitable);
        // From the top of the executor: no signal of a child that ended is on the call stack.
        state.ended.clear();
        child.started = true;
        if (state.cancelling)
            throw boost::system::system_error{boost::asio::error::operation_aborted};
        co_await std::move(body);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await this_coro::throw_if_cancelled(false);
    if (failure)
        std::rethrow_exception(failure);
}

CONVERGE_DECL std::list<nursery_child>::iterator
nursery_state::spawn(std::shared_ptr<nursery_state> const& self, task<> child)
{
    auto const made = children.emplace(children.end());
    auto& parking = boost::asio::use_service<parking_service>(where.context());
    boost::asio::co_spawn(parking.child_of(where), child_body(*this, *made, std::move(child)),
                          child_ended{self, made});
    return made;
}

} // namespace detail

CONVERGE_DECL nursery::nursery(executor where)
    : state_{std::make_shared<detail::nursery_state>(std::move(where), nullptr)}
{}

CONVERGE_DECL nursery::nursery(executor where, nursery const& within)
    : state_{std::make_shared<detail::nursery_state>(std::move(where), within.state_)}
{}

CONVERGE_DECL nursery::~nursery()
{
    auto const started = [](detail::nursery_child const& child) { return child.started; };
    if (std::none_of(state_->children.begin(), state_->children.end(), started)) {
        state_->cancelling = true;
        return;
    }
    std::fputs("converge: a nursery was destroyed before its tasks were joined: await its join() "
               "in the coroutine that spawned them, and nothing else before that\n",
               stderr);
    std::abort();
}

CONVERGE_DECL void nursery::spawn(task<> child) { state_->spawn(state_, std::move(child)); }

CONVERGE_DECL std::function<void()> nursery::spawn_interruptible(task<> child)
{
    return [made = state_->spawn(state_, std::move(child))] {
        if (made->started)
            made->signal.emit(boost::asio::cancellation_type::terminal);
    };
}

CONVERGE_DECL void nursery::cancel() { state_->cancel(); }

CONVERGE_DECL std::size_t nursery::size() const noexcept { return state_->children.size(); }

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
    while (!state->children.empty()) {
        co_await state->changed.park(std::nullopt, state.get());
        state->ended.clear();
    }
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
    while (!state->children.empty()) {
        // A cancellation that came before this wait rings no bell: look first.
        auto const cancellation = co_await this_coro::cancellation_state;
        if (!stopped && cancellation.cancelled() != boost::asio::cancellation_type::none) {
            stopped = true;
            on_stop();
            if (grace)
                give_up = detail::later(time_of(where).now(), *grace);
            continue;
        }
        auto const reason = co_await state->changed.park(give_up, state.get());
        state->ended.clear();
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
