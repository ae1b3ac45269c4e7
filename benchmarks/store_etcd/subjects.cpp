// SPDX-License-Identifier: BSL-1.0
#include "subjects.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace bench {

subjects::subjects(std::string const& folder)
    : folder_{folder},
      ours_{folder_.file("ours.sqlite"), most_clients, converge::durability::survives_power_loss},
      etcd_{folder_.path()},
      keys_{make_keys(most_clients * durable_store::keys_each)},
      next_(most_clients)
{
    for (std::size_t i = 0; i < most_clients; ++i)
        connections_.emplace_back(context_, etcd_.port());
}

answers subjects::put_etcd(std::size_t clients, steady::duration span)
{
    return run_clients(context_, clients, span,
                       [this](std::size_t client) { return put_next(client); });
}

void subjects::run(converge::task<> body)
{
    std::exception_ptr failed;
    bool done = false;
    boost::asio::co_spawn(context_, std::move(body), [&](std::exception_ptr why) {
        failed = why;
        done = true;
    });
    // Again if the store's thread, late, has ended the context for the operation before this one.
    while (!done) {
        context_.restart();
        context_.run();
    }
    if (failed)
        std::rethrow_exception(failed);
}

converge::task<> subjects::put_next(std::size_t client)
{
    constexpr auto each = durable_store::keys_each;
    auto const place = client * each + next_[client]++ % each;
    auto key = keys_[place];
    std::string content(durable_store::content_bytes, 'x');
    co_await connections_[client].put(std::move(key), std::move(content));
}

} // namespace bench
