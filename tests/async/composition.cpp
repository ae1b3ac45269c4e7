// SPDX-License-Identifier: BSL-1.0
#include <converge/async/nursery.hpp>

#include <converge/async/block_on.hpp>
#include <converge/async/race.hpp>
#include <converge/async/shield.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>
#include <converge/testing/world.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

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

task<> done_at_once(lines& into, std::string name)
{
    into.push_back(std::move(name));
    co_return;
}

task<> fail_at_once(std::string what)
{
    throw std::runtime_error{what};
    co_return;
}

task<> spawn_after_cancel(lines& into)
{
    auto const where = co_await this_coro::executor;
    nursery one{where};
    one.cancel();
    one.spawn(done_at_once(into, "started"));
    co_await one.join();
}

/// Cancels a family of tasks after some turns.
task<> cancel_family_after(lines& into, int turns)
{
    auto const where = co_await this_coro::executor;
    nursery family{where};
    family.spawn(parent_of(into));
    family.spawn(done_soon(into, "short"));
    family.spawn([](nursery& all, int count) -> task<> {
        for (int i = 0; i < count; ++i)
            co_await yield();
        all.cancel();
    }(family, turns));
    co_await family.join();
    into.push_back("joined");
}

/// Is cancelled while its wait has ended already, and so learns of it when it joins.
task<> join_when_cancelled(lines& into, wake& bell)
{
    co_await bell.wait();
    auto const where = co_await this_coro::executor;
    nursery one{where};
    one.spawn(done_at_once(into, "started"));
    co_await one.join();
    into.push_back("joined");
}

task<> cancel_at_join(lines& into)
{
    auto const where = co_await this_coro::executor;
    wake bell;
    nursery one{where};
    one.spawn(join_when_cancelled(into, bell));
    one.spawn([](nursery& all, wake& rung) -> task<> {
        co_await yield();
        rung.notify_one();
        all.cancel();
    }(one, bell));
    co_await one.join();
    into.push_back("over");
}

task<> spawn_beside(lines& into)
{
    auto const where = co_await this_coro::executor;
    nursery one{where};
    one.spawn(done_at_once(into, "child"));
    into.push_back("parent");
    co_await one.join();
}

task<> spawn_many(nursery& into, lines& seen, int count)
{
    for (int i = 0; i < count; ++i) {
        into.spawn(done_soon(seen, "x"));
        co_await yield();
        co_await yield();
        seen.clear();
    }
}

#if defined(__GLIBC__)
/// How many bytes of the heap remain taken by `count` children that have ended, while one runs.
task<> measure_ended(std::size_t& bytes, int count, bool shielded)
{
    lines seen;
    auto const where = co_await this_coro::executor;
    nursery all{where};
    all.spawn([](nursery& into, lines& to, std::size_t& grown, int times) -> task<> {
        co_await spawn_many(into, to, 100);
        auto const before = ::mallinfo2().uordblks;
        co_await spawn_many(into, to, times);
        auto const after = ::mallinfo2().uordblks;
        grown = after < before ? 0 : after - before;
    }(all, seen, bytes, count));
    if (shielded)
        co_await all.join_shielded();
    else
        co_await all.join();
}
#endif

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

TEST_CASE("tasks that end without ever waiting win, fail and time out like others")
{
    lines seen;
    CHECK(block_on(race(done_at_once(seen, "fast"), forever(seen, "slow"))) == 0);
    CHECK(block_on(race(forever(seen, "slow"), done_at_once(seen, "fast"))) == 1);
    block_on(until(done_at_once(seen, "goal"), forever(seen, "service")));
    block_on(until(done_at_once(seen, "goal"), done_at_once(seen, "service")));
    block_on(deadline(done_at_once(seen, "body"), 1h));
    CHECK_THROWS_WITH_AS(block_on(deadline(fail_at_once("lost"), 1h)), "lost", std::runtime_error);
    CHECK_THROWS_WITH_AS(block_on(race(fail_at_once("lost"), forever(seen, "slow"))), "lost",
                         std::runtime_error);
}

TEST_CASE("a cancelled nursery starts nothing more")
{
    lines seen;
    block_on(spawn_after_cancel(seen));
    CHECK(seen.empty());
}

TEST_CASE("spawn runs nothing of the child")
{
    lines seen;
    block_on(spawn_beside(seen));
    CHECK(seen == lines{"parent", "child"});
}

#if defined(__GLIBC__)
TEST_CASE("children that have ended take no memory, however many there were")
{
    for (bool const shielded : {false, true}) {
        CAPTURE(shielded);
        std::size_t bytes = 0;
        block_on(measure_ended(bytes, 10'000, shielded));
        CHECK(bytes < 10'000);
    }
}
#endif

TEST_CASE("a join that is cancelled already drops the children that have not begun")
{
    lines seen;
    block_on(cancel_at_join(seen));
    CHECK(seen == lines{"over"});
}

TEST_CASE("a family may be cancelled in any turn, also before it had its first")
{
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        lines seen;
        testing::world w{seed};
        auto const main = w.start(
            "main", [&] { return cancel_family_after(seen, static_cast<int>(seed % 8)); });
        CHECK(w.run_for(1h) == testing::stop_reason::quiet);
        CHECK_FALSE(w.failure(main));
        REQUIRE_FALSE(seen.empty());
        CHECK(seen.back() == "joined");
    }
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
