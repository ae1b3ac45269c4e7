// SPDX-License-Identifier: BSL-1.0
#include <converge/async/sleep.hpp>

#include <converge/async/block_on.hpp>
#include <converge/async/nursery.hpp>
#include <converge/async/race.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>

using namespace converge;
using namespace std::chrono_literals;

namespace {

task<> turns(int count, bool& ended)
{
    for (int i = 0; i < count; ++i)
        co_await yield();
    ended = true;
}

task<> endless_grace(bool& ended)
{
    auto const where = co_await this_coro::executor;
    nursery one{where};
    one.spawn(turns(20, ended));
    std::function<void()> const on_stop = [] {};
    co_await one.join_gracefully(on_stop, duration::max());
}

} // namespace

TEST_CASE("a sleep without end outlasts everything")
{
    bool ended = false;
    CHECK(block_on(race(sleep_for(duration::max()), turns(20, ended))) == 1);
    CHECK(ended);
    CHECK(block_on(race(sleep_until(instant::max()), sleep_for(1ms))) == 1);
}

TEST_CASE("a sleep of no time, or less, ends after a turn")
{
    block_on(sleep_for(duration::zero()));
    block_on(sleep_for(duration::min()));
    block_on(sleep_until(instant::min()));
}

TEST_CASE("a deadline without end lets its body take its time")
{
    bool ended = false;
    block_on(deadline(turns(20, ended), duration::max()));
    CHECK(ended);
}

TEST_CASE("grace without end lets the children of a cancelled nursery finish")
{
    bool ended = false;
    bool stopped = false;
    CHECK(block_on(race(endless_grace(ended), turns(3, stopped))) == 1);
    CHECK(ended);
}
