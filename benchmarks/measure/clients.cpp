// SPDX-License-Identifier: BSL-1.0
#include "measure/clients.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace bench {

namespace {

converge::task<> run_client(request const& ask, std::size_t client, steady::time_point end,
                            answers& got)
{
    for (auto asked = steady::now(); asked < end;) {
        co_await ask(client);
        auto const answered = steady::now();
        ++got.count;
        got.latencies.push_back(microseconds(answered - asked));
        asked = answered;
    }
}

} // namespace

answers run_clients(boost::asio::io_context& context, std::size_t clients, steady::duration span,
                    request const& ask)
{
    answers got;
    std::exception_ptr failed;
    std::size_t left = clients;
    auto const begin = steady::now();
    for (std::size_t i = 0; i < clients; ++i) {
        auto const ended = [&failed, &left](std::exception_ptr why) {
            failed = failed ? failed : why;
            --left;
        };
        boost::asio::co_spawn(context, run_client(ask, i, begin + span, got), ended);
    }
    // Again if a store's thread, late, has ended the context for the operation before these.
    while (left > 0) {
        context.restart();
        context.run();
    }
    got.seconds = seconds_since(begin);
    if (failed)
        std::rethrow_exception(failed);
    return got;
}

} // namespace bench
