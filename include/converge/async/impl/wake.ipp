// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/wake.hpp>

#include <converge/async/detail/parked.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace converge {

namespace detail {

[[noreturn]] CONVERGE_DECL void throw_aborted()
{
    throw boost::system::system_error{boost::asio::error::operation_aborted};
}

} // namespace detail

struct wake::cancel_park {
    std::weak_ptr<detail::parked> target;

    void operator()(boost::asio::cancellation_type kind) const
    {
        using boost::asio::cancellation_type;
        if ((kind & cancellation_type::terminal) == cancellation_type::none)
            return;
        if (auto const alive = target.lock())
            alive->finish(detail::wake_reason::cancelled);
    }
};

struct wake::initiate_park {
    template <class Handler>
    void operator()(Handler&& handler, wake* self, std::optional<instant> due,
                    detail::keeper* until) const
    {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        auto where = boost::asio::get_associated_executor(handler);
        auto const waiter = std::make_shared<detail::parked>(
            detail::parked::handler{std::forward<Handler>(handler)}, std::move(where), until);
        waiter->enter();
        if (slot.is_connected())
            slot.assign(cancel_park{waiter});
        if (due)
            waiter->wake_at(*due);
        self->admit(waiter);
    }
};

CONVERGE_DECL void wake::notify_one()
{
    while (auto const next = pop_or_keep())
        if (next->finish(detail::wake_reason::notified))
            return;
}

CONVERGE_DECL void wake::notify_all()
{
    std::deque<std::shared_ptr<detail::parked>> all;
    {
        std::lock_guard const lock{mutex_};
        all.swap(waiting_);
    }
    bool resumed = false;
    for (auto const& waiter : all)
        resumed |= waiter->finish(detail::wake_reason::notified);
    if (!resumed)
        notify_one();
}

CONVERGE_DECL task<> wake::wait()
{
    auto const reason = co_await park(std::nullopt);
    if (reason == detail::wake_reason::cancelled)
        detail::throw_aborted();
}

CONVERGE_DECL task<bool> wake::wait_until(instant due)
{
    auto const reason = co_await park(due);
    if (reason == detail::wake_reason::cancelled)
        detail::throw_aborted();
    co_return reason == detail::wake_reason::notified;
}

CONVERGE_DECL task<detail::wake_reason> wake::park(std::optional<instant> due,
                                                   detail::keeper* until)
{
    auto const& token = boost::asio::use_awaitable;
    co_return co_await boost::asio::async_initiate<boost::asio::use_awaitable_t<> const,
                                                   void(detail::wake_reason)>(
        initiate_park{}, token, this, due, until);
}

CONVERGE_DECL void wake::admit(std::shared_ptr<detail::parked> const& waiter)
{
    {
        std::lock_guard const lock{mutex_};
        if (!kept_) {
            std::erase_if(waiting_, [](auto const& other) { return other->finished(); });
            waiting_.push_back(waiter);
            return;
        }
        kept_ = false;
    }
    waiter->finish(detail::wake_reason::notified);
}

CONVERGE_DECL std::shared_ptr<detail::parked> wake::pop_or_keep()
{
    std::lock_guard const lock{mutex_};
    if (waiting_.empty()) {
        kept_ = true;
        return nullptr;
    }
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    return next;
}

} // namespace converge
