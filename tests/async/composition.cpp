// SPDX-License-Identifier: BSL-1.0
#include <converge/async/nursery.hpp>

#include <converge/async/block_on.hpp>
#include <converge/async/race.hpp>
#include <converge/async/shield.hpp>
#include <converge/async/sleep.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

using namespace converge;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

struct leaving {
    lines& into;
    std::string what;

    leaving(lines& to, std::string name) : into{to}, what{std::move(name)} {}
    ~leaving() { into.push_back(what + " left"); }
};

task<> forever(lines& into, std::string name)
{
    leaving const scope{into, std::move(name)};
    wake never;
    co_await never.wait();
}

task<> fail_soon(std::string what)
{
    co_await yield();
    throw std::runtime_error{what};
}

task<> done_soon(lines& into, std::string name)
{
    co_await yield();
    into.push_back(std::move(name));
}

task<int> answer()
{
    co_await yield();
    co_return 42;
}

task<> join_two(lines& into)
{
    auto const where = co_await this_coro::executor;
    nursery both{where};
    both.spawn(done_soon(into, "a"));
    both.spawn(done_soon(into, "b"));
    co_await both.join();
    into.push_back("joined");
}

task<> join_failing(lines& into)
{
    auto const where = co_await this_coro::executor;
    nursery both{where};
    both.spawn(forever(into, "sibling"));
    both.spawn(fail_soon("first"));
    co_await both.join();
}

task<> stop_after(lines& into, task<> body)
{
    try {
        co_await deadline(std::move(body), 1ms);
    } catch (error const& failed) {
        into.push_back(failed.is(errc::timed_out) ? "timed out" : "?");
    }
}

task<> parent_of(lines& into)
{
    auto const where = co_await this_coro::executor;
    nursery children{where};
    children.spawn(forever(into, "child"));
    leaving const scope{into, "parent"};
    co_await children.join();
}

task<> note(lines& into, std::string what)
{
    co_await yield();
    co_await yield();
    into.push_back(std::move(what));
}

task<> cleaned(lines& into)
{
    co_await with_cleanup(forever(into, "body"), note(into, "cleanup"));
}

task<> shielded(lines& into)
{
    co_await shield(note(into, "shielded"));
    co_await yield();
    into.push_back("not reached when cancelled");
}

task<> cancel_at_once(lines& into)
{
    auto const where = co_await this_coro::executor;
    nursery one{where};
    one.spawn(shielded(into));
    one.spawn([](nursery& all) -> task<> {
        co_await yield();
        all.cancel();
    }(one));
    co_await one.join();
}

task<> raise_term()
{
    co_await yield();
    std::raise(SIGTERM);
}

task<> until_signalled(lines& into)
{
    co_await until(forever(into, "service"), raise_term());
}

} // namespace

TEST_CASE("join waits for every child")
{
    lines seen;
    block_on(join_two(seen));
    CHECK(seen == lines{"a", "b", "joined"});
}

TEST_CASE("the first failure cancels the siblings and is rethrown after they ended")
{
    lines seen;
    CHECK_THROWS_WITH_AS(block_on(join_failing(seen)), "first", std::runtime_error);
    CHECK(seen == lines{"sibling left"});
}

TEST_CASE("cancelling a parent ends its children first")
{
    lines seen;
    block_on(stop_after(seen, parent_of(seen)));
    CHECK(seen == lines{"child left", "parent left", "timed out"});
}

TEST_CASE("race ends with the first task, also when that one fails")
{
    lines seen;
    CHECK(block_on(race(forever(seen, "slow"), done_soon(seen, "fast"))) == 1);
    CHECK(seen == lines{"fast", "slow left"});
    CHECK_THROWS_WITH_AS(block_on(race(forever(seen, "slow"), fail_soon("lost"))), "lost",
                         std::runtime_error);
}

TEST_CASE("until runs the service as long as the goal, and lets the service's failure through")
{
    lines seen;
    CHECK(block_on(until(answer(), forever(seen, "service"))) == 42);
    CHECK(seen == lines{"service left"});
    CHECK_THROWS_WITH_AS(block_on(until(forever(seen, "goal"), fail_soon("broken"))), "broken",
                         std::runtime_error);
    CHECK(block_on(until(answer(), done_soon(seen, "service done"))) == 42);
}

TEST_CASE("a shield lets its body finish and the cancellation follow")
{
    lines seen;
    block_on(cancel_at_once(seen));
    CHECK(seen == lines{"shielded"});
}

TEST_CASE("cleanup runs to its end after a cancellation")
{
    lines seen;
    block_on(stop_after(seen, cleaned(seen)));
    CHECK(seen == lines{"body left", "cleanup", "timed out"});
}

TEST_CASE("SIGTERM stops in order and becomes the exit status")
{
    lines seen;
    CHECK(block_on(until_signalled(seen)) == 128 + SIGTERM);
    CHECK(seen == lines{"service left"});
}
