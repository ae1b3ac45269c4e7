// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/block_on.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <exception>

namespace converge {

namespace detail {

/// One task on one thread, cancelled by the first SIGINT or SIGTERM. A second one finds the
/// system's default action again, so that a stop that hangs can still be ended.
class blocking_run {
public:
    /// @returns the signal that stopped it, or 0.
    int operator()(task<> body)
    {
        signals_.async_wait([this](boost::system::error_code failed, int number) {
            if (failed)
                return;
            stopped_by_ = number;
            signals_.clear();
            cancel_.emit(boost::asio::cancellation_type::terminal);
        });
        boost::asio::co_spawn(context_, std::move(body),
                              boost::asio::bind_cancellation_slot(
                                  cancel_.slot(), [this](std::exception_ptr failure) {
                                      failure_ = std::move(failure);
                                      signals_.cancel();
                                  }));
        context_.run();
        if (failure_ && stopped_by_ == 0)
            std::rethrow_exception(failure_);
        return stopped_by_;
    }

private:
    boost::asio::io_context context_{1};
    boost::asio::signal_set signals_{context_, SIGINT, SIGTERM};
    boost::asio::cancellation_signal cancel_;
    std::exception_ptr failure_;
    int stopped_by_ = 0;
};

} // namespace detail

CONVERGE_DECL int block_on(task<> body)
{
    auto const signal = detail::blocking_run{}(std::move(body));
    return signal == 0 ? 0 : 128 + signal;
}

} // namespace converge
