// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

namespace {

constexpr std::string_view watched = "watched/";

/// One put after the other; the watcher is another coroutine of the same thread, and each put
/// waits until it has the event of the one before.
struct rounds {
    std::size_t left;
    steady::time_point sent{};
    std::vector<double> latencies{};
};

converge::task<> read_ours(converge::watch_stream& stream, rounds& all)
{
    for (auto left = all.left; left > 0; --left) {
        (void)co_await stream.next();
        all.latencies.push_back(microseconds(steady::now() - all.sent));
    }
}

converge::task<> put_ours(subjects& of, rounds& all, std::string content)
{
    auto const stream =
        of.ours().watch(converge::watch_query{std::string{watched}, of.ours().newest()});
    boost::asio::co_spawn(of.context(), read_ours(*stream, all), boost::asio::detached);
    for (auto left = all.left; left > 0; --left) {
        auto write = put_one(std::string{watched} + "key", 1, content);
        auto const got = all.latencies.size();
        all.sent = steady::now();
        (void)co_await of.ours().commit(std::move(write));
        while (all.latencies.size() == got)
            co_await boost::asio::post(of.context(), boost::asio::use_awaitable);
    }
}

converge::task<> read_etcd(gateway_watch& watch, rounds& all)
{
    for (auto left = all.left; left > 0; --left) {
        co_await watch.next();
        all.latencies.push_back(microseconds(steady::now() - all.sent));
    }
}

converge::task<> put_etcd(subjects& of, rounds& all, std::string content)
{
    gateway_watch watch{of.context(), of.etcd().port()};
    gateway writer{of.context(), of.etcd().port()};
    std::string below{watched};
    co_await watch.open(std::move(below));
    boost::asio::co_spawn(of.context(), read_etcd(watch, all), boost::asio::detached);
    for (auto left = all.left; left > 0; --left) {
        auto const got = all.latencies.size();
        std::string key = std::string{watched} + "key";
        std::string value = content;
        all.sent = steady::now();
        co_await writer.put(std::move(key), std::move(value));
        while (all.latencies.size() == got)
            co_await boost::asio::post(of.context(), boost::asio::use_awaitable);
    }
}

} // namespace

void measure_put_to_watch(subjects& of, settings const& how, report& into)
{
    std::vector<double> ours;
    std::vector<double> etcd;
    std::string const content(durable_store::content_bytes, 'x');
    for (std::size_t slice = 0; slice < how.count(8, 1); ++slice) {
        rounds mine{how.count(50, 5)};
        of.run(put_ours(of, mine, content));
        ours.insert(ours.end(), mine.latencies.begin(), mine.latencies.end());
        rounds theirs{how.count(50, 5)};
        of.run(put_etcd(of, theirs, content));
        etcd.insert(etcd.end(), theirs.latencies.begin(), theirs.latencies.end());
    }
    into.add("put_to_watch.p50", median(ours), "us").beside("etcd", median(etcd));
    into.add("put_to_watch.p99", percentile(ours, 0.99), "us")
        .beside("etcd", percentile(etcd, 0.99));
}

} // namespace bench
