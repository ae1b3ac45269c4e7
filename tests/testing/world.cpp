// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/world.hpp>

#include <converge/async/block_on.hpp>
#include <converge/async/nursery.hpp>
#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace converge;
using namespace std::chrono_literals;
using testing::stop_reason;
using testing::world;

namespace {

using lines = std::vector<std::string>;

struct leaving {
    lines& into;
    std::string what;

    leaving(lines& to, std::string name) : into{to}, what{std::move(name)} {}
    ~leaving() { into.push_back(what + " left"); }
};

task<> say(lines& into, std::string what)
{
    co_await yield();
    into.push_back(std::move(what));
}

task<> say_all(lines& into)
{
    auto const where = co_await this_coro::executor;
    nursery all{where};
    for (auto const* what : {"a", "b", "c", "d", "e"})
        all.spawn(say(into, what));
    co_await all.join();
}

task<> sleep_times(int times, duration span, int& slept)
{
    for (int i = 0; i < times; ++i) {
        co_await sleep_for(span);
        ++slept;
    }
}

task<> child_of(lines& into, std::string const& used)
{
    leaving const scope{into, "child of " + used};
    co_await sleep_for(1h);
    into.push_back("child finished");
}

task<> parent(lines& into)
{
    leaving const scope{into, "parent"};
    std::string const local = "parent";
    auto const where = co_await this_coro::executor;
    nursery children{where};
    children.spawn(child_of(into, local));
    children.spawn(child_of(into, local));
    co_await children.join();
}

task<> fails()
{
    co_await yield();
    throw std::runtime_error{"broken"};
}

task<> times_out(lines& into)
{
    wake never;
    try {
        co_await deadline(never.wait(), 3h);
    } catch (error const& failed) {
        into.push_back(failed.is(errc::timed_out) ? "timed out" : "?");
    }
}

task<> count_lives(int& lives)
{
    ++lives;
    co_await sleep_for(10s);
}

task<bool> order_is_kept(lines& into)
{
    co_await say_all(into);
    co_return into.size() == 5;
}

} // namespace

TEST_CASE("the same seed gives the same run, other seeds other orders")
{
    std::set<lines> orders;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        lines first;
        lines second;
        world one{seed};
        one.start("main", [&] { return say_all(first); });
        world other{seed};
        other.start("main", [&] { return say_all(second); });
        CHECK(one.run_for(1s) == stop_reason::quiet);
        CHECK(other.run_for(1s) == stop_reason::quiet);
        CHECK(first == second);
        CHECK(one.fingerprint() == other.fingerprint());
        orders.insert(first);
    }
    CHECK(orders.size() > 10);
}

TEST_CASE("virtual time jumps to the next alarm")
{
    int slept = 0;
    world w{1};
    w.start("sleeper", [&] { return sleep_times(365, 24h, slept); });
    CHECK(w.run_for(24h * 400) == stop_reason::quiet);
    CHECK(slept == 365);
    CHECK(w.now() == instant{24h * 365});
}

TEST_CASE("run_until stops at its goal, at its time and at its steps")
{
    int slept = 0;
    world w{1};
    w.start("sleeper", [&] { return sleep_times(1000, 1s, slept); });
    CHECK(w.run_until([&] { return slept == 10; }, 1h) == stop_reason::done);
    CHECK(w.run_until([&] { return false; }, 10s) == stop_reason::time_over);
    CHECK(slept == 20);
    CHECK(w.run_until([&] { return false; }, 1h, 5) == stop_reason::steps_over);
}

TEST_CASE("kill unwinds children before their parents and runs nothing after the await")
{
    lines seen;
    world w{1};
    auto const victim = w.start("victim", [&] { return parent(seen); });
    w.run_for(1min);
    w.kill(victim);
    CHECK(seen == lines{"child of parent left", "child of parent left", "parent left"});
    CHECK(w.run_for(2h) == stop_reason::quiet);
    CHECK(seen.size() == 3);
    CHECK_FALSE(w.alive(victim));
}

TEST_CASE("a world that ends unwinds what still waits in it")
{
    lines seen;
    {
        world w{1};
        w.start("main", [&] { return parent(seen); });
        w.run_for(1min);
    }
    CHECK(seen.back() == "parent left");
}

TEST_CASE("a planned crash kills at the step and restarts with fresh memory")
{
    int lives = 0;
    world w{1};
    auto const victim = w.start("victim", [&] { return count_lives(lives); });
    w.crash(victim, 2, 1min);
    CHECK(w.run_for(1h) == stop_reason::quiet);
    CHECK(lives == 2);
}

TEST_CASE("an exception that leaves a process is kept")
{
    world w{1};
    auto const bad = w.start("bad", [] { return fails(); });
    CHECK(w.run_for(1s) == stop_reason::quiet);
    CHECK_THROWS_WITH_AS(std::rethrow_exception(w.failure(bad)), "broken", std::runtime_error);
}

TEST_CASE("what the first task of a process to fail threw is kept, until it starts anew")
{
    lines seen;
    world w{1};
    auto const of = w.start("of many", [&] { return say(seen, "begun"); });
    CHECK(w.run_for(1s) == stop_reason::quiet);
    CHECK(w.failure(of) == nullptr);
    w.spawn(of, fails());
    CHECK(w.run_for(1s) == stop_reason::quiet);
    CHECK_THROWS_WITH_AS(std::rethrow_exception(w.failure(of)), "broken", std::runtime_error);
    CHECK(w.alive(of));
    w.restart(of);
    CHECK(w.failure(of) == nullptr);
}

TEST_CASE("a process that lives is killed before it starts anew")
{
    lines seen;
    world w{1};
    auto const twice = w.start("twice", [&] { return parent(seen); });
    w.run_for(1min);
    w.restart(twice);
    CHECK(seen == lines{"child of parent left", "child of parent left", "parent left"});
    CHECK(w.run_for(2h) == stop_reason::quiet);
    CHECK(w.lives(twice) == 2);
    CHECK(std::ranges::count(seen, "child finished") == 2);
}

TEST_CASE("deadlines and cancellation work in virtual time")
{
    lines seen;
    world w{1};
    w.start("main", [&] { return times_out(seen); });
    CHECK(w.run_for(24h) == stop_reason::quiet);
    CHECK(seen == lines{"timed out"});
}

TEST_CASE("the same coroutine runs on an io_context")
{
    lines seen;
    CHECK(block_on(order_is_kept(seen)));
}
