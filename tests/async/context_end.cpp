// SPDX-License-Identifier: BSL-1.0
#include <converge/async/nursery.hpp>

#include <converge/async/race.hpp>
#include <converge/async/shield.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <exception>
#include <functional>
#include <string>
#include <vector>

using namespace converge;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

/// What a family of tasks sees; it outlives the context that they run on.
struct story {
    lines seen{};
    wake first{};
    wake second{};
};

struct leaving {
    lines& into;
    std::string what;

    leaving(story& in, std::string name) : into{in.seen}, what{std::move(name)} {}
    ~leaving() { into.push_back(what); }
};

task<> wait_in(story& in, wake& bell, std::string name)
{
    leaving const scope{in, std::move(name)};
    co_await bell.wait();
}

task<> parent_of_two(story& in)
{
    leaving const scope{in, "parent"};
    auto const where = co_await this_coro::executor;
    nursery both{where};
    both.spawn(wait_in(in, in.first, "one"));
    both.spawn(wait_in(in, in.second, "other"));
    co_await both.join();
}

task<> parent_in_no_hurry(story& in)
{
    leaving const scope{in, "parent"};
    auto const where = co_await this_coro::executor;
    nursery both{where};
    both.spawn(wait_in(in, in.first, "one"));
    both.spawn(wait_in(in, in.second, "other"));
    std::function<void()> const on_stop = [] {};
    co_await both.join_gracefully(on_stop, 1h);
}

task<> parent_with_a_shield(story& in)
{
    leaving const scope{in, "parent"};
    co_await shield(parent_of_two(in));
}

task<> grandparent(story& in)
{
    leaving const scope{in, "grandparent"};
    co_await until(parent_of_two(in), wait_in(in, in.second, "uncle"));
}

/// Waits in what is Asio's own.
task<> wait_in_a_timer(story& in)
{
    leaving const scope{in, "timer"};
    auto const where = co_await this_coro::executor;
    boost::asio::steady_timer timer{where, 1h};
    co_await timer.async_wait(boost::asio::use_awaitable);
}

task<> parent_of_a_timer(story& in)
{
    leaving const scope{in, "parent"};
    auto const where = co_await this_coro::executor;
    nursery both{where};
    both.spawn(wait_in_a_timer(in));
    both.spawn(wait_in(in, in.first, "one"));
    co_await both.join();
}

/// Its outer children are more generations away than its inner one.
task<> parent_of_two_nurseries(story& in)
{
    leaving const scope{in, "parent"};
    auto const where = co_await this_coro::executor;
    nursery outer{where};
    nursery inner{where, outer};
    outer.spawn(grandparent(in));
    inner.spawn(wait_in(in, in.first, "inner"));
    co_await inner.join();
    co_await outer.join();
}

/// Runs the task until nothing happens any more, does `last`, and ends the context there.
template <class Last>
lines cut_short(story& in, task<> (*body)(story&), Last last)
{
    {
        boost::asio::io_context context{1};
        boost::asio::co_spawn(context, body(in), [](std::exception_ptr) {});
        context.poll();
        last(context);
    }
    return in.seen;
}

} // namespace

TEST_CASE("a context that ends destroys children before their parent")
{
    story in;
    CHECK(cut_short(in, parent_of_two, [](auto&) {}).back() == "parent");
    CHECK(in.seen.size() == 3);
}

TEST_CASE("children go before a parent that waits again because one has ended")
{
    story in;
    auto const seen = cut_short(in, parent_of_two, [&](auto& context) {
        in.first.notify_one();
        context.poll();
    });
    CHECK(seen == lines{"one", "other", "parent"});
}

TEST_CASE("children go before their parent when one is about to go on")
{
    story in;
    auto const seen = cut_short(in, parent_of_two, [&](auto&) { in.first.notify_one(); });
    CHECK(seen.size() == 3);
    CHECK(seen.back() == "parent");
}

TEST_CASE("children go before a parent that is about to go on")
{
    story in;
    auto const seen = cut_short(in, parent_of_two, [&](auto& context) {
        in.first.notify_one();
        context.run_one();
    });
    CHECK(seen == lines{"one", "other", "parent"});
}

TEST_CASE("children that have not begun are dropped with their context")
{
    story in;
    {
        boost::asio::io_context context{1};
        boost::asio::co_spawn(context, parent_of_two(in), [](std::exception_ptr) {});
        context.run_one();
    }
    CHECK(in.seen == lines{"parent"});
}

TEST_CASE("children go before their parent when one waits in an operation of Asio")
{
    story in;
    auto const seen = cut_short(in, parent_of_a_timer, [&](auto& context) {
        in.first.notify_one();
        context.poll();
    });
    CHECK(seen == lines{"one", "timer", "parent"});
}

TEST_CASE("children go before a parent that gives them grace or is shielded")
{
    story graceful;
    CHECK(cut_short(graceful, parent_in_no_hurry, [&](auto&) {
              graceful.first.notify_one();
          }).back() == "parent");
    story shielded;
    auto const seen = cut_short(shielded, parent_with_a_shield, [&](auto& context) {
        shielded.first.notify_one();
        context.poll();
    });
    CHECK(seen == lines{"one", "other", "parent", "parent"});
}

TEST_CASE("grandchildren go before grandparents")
{
    story in;
    auto const seen = cut_short(in, grandparent, [&](auto& context) {
        in.first.notify_one();
        context.poll();
    });
    REQUIRE(seen.size() == 5);
    CHECK(seen.front() == "one");
    CHECK(seen.back() == "grandparent");
}

TEST_CASE("children go before a parent of two nurseries, one within the other")
{
    story in;
    auto const seen = cut_short(in, parent_of_two_nurseries, [](auto&) {});
    CHECK(seen.size() == 7);
    CHECK(seen.back() == "parent");
    story outer_only;
    auto const late = cut_short(outer_only, parent_of_two_nurseries, [&](auto& context) {
        outer_only.first.notify_all();
        context.poll();
    });
    CHECK(late.size() == 7);
    CHECK(late.back() == "parent");
}

TEST_CASE("children go before their parent on a strand too")
{
    story in;
    {
        boost::asio::io_context context{1};
        auto const strand = boost::asio::make_strand(context);
        boost::asio::co_spawn(strand, grandparent(in), [](std::exception_ptr) {});
        context.poll();
        in.first.notify_one();
    }
    REQUIRE(in.seen.size() == 5);
    CHECK(in.seen.back() == "grandparent");
}

TEST_CASE("a context may end at any point of its tasks' lives")
{
    for (int turns = 0; turns < 60; ++turns) {
        CAPTURE(turns);
        story in;
        in.first.notify_one();
        {
            boost::asio::io_context context{1};
            boost::asio::co_spawn(context, parent_of_two_nurseries(in), [](std::exception_ptr) {});
            for (int turn = 0; turn < turns; ++turn)
                if (context.poll_one() == 0)
                    in.first.notify_one();
        }
        CHECK((in.seen.empty() || in.seen.back() == "parent"));
    }
}
