// SPDX-License-Identifier: BSL-1.0
#include <converge/async/wake.hpp>

#include <converge/async/block_on.hpp>
#include <converge/async/nursery.hpp>
#include <converge/async/sleep.hpp>

#include <doctest/doctest.h>

#include <thread>

using namespace converge;
using namespace std::chrono_literals;

namespace {

task<> wait_and_count(wake& on, int& count)
{
    co_await on.wait();
    ++count;
}

task<> notify_kept()
{
    wake on;
    on.notify_one();
    on.notify_one();
    co_await on.wait();
    bool const second = co_await on.wait_until(co_await now() + 1ms);
    CHECK_FALSE(second);
}

task<> notify_each()
{
    wake on;
    int count = 0;
    auto const where = co_await this_coro::executor;
    nursery waiters{where};
    for (int i = 0; i < 3; ++i)
        waiters.spawn(wait_and_count(on, count));
    waiters.spawn([](wake& bell, int& woken) -> task<> {
        co_await yield();
        bell.notify_one();
        co_await yield();
        co_await yield();
        CHECK(woken == 1);
        bell.notify_all();
    }(on, count));
    co_await waiters.join();
    CHECK(count == 3);
}

task<> wait_for_thread(wake& on)
{
    co_await on.wait();
}

task<> cancelled_then_notified()
{
    wake on;
    bool timed_out = false;
    try {
        co_await deadline(on.wait(), 1ms);
    } catch (error const& failed) {
        timed_out = failed.is(errc::timed_out);
    }
    CHECK(timed_out);
    on.notify_one();
    co_await on.wait();
}

} // namespace

TEST_CASE("a notification that nobody waits for is kept once")
{
    block_on(notify_kept());
}

TEST_CASE("notify_one resumes one waiter, notify_all the rest")
{
    block_on(notify_each());
}

TEST_CASE("a wake may be notified from another thread")
{
    wake on;
    std::jthread const other{[&on] { on.notify_one(); }};
    block_on(wait_for_thread(on));
}

TEST_CASE("a cancelled wait leaves the notification to the next waiter")
{
    block_on(cancelled_then_notified());
}
