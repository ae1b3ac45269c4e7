// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/tripwires.hpp>

#include <converge/async/sleep.hpp>
#include <converge/async/task.hpp>
#include <converge/core/failure.hpp>
#include <converge/testing/world.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace converge;
using namespace std::chrono_literals;
using testing::world;
using testing::detail::remedy;
using testing::detail::step_guard;
using testing::detail::trip;
using testing::detail::tripped;

TEST_CASE("every tripwire has a remedy of its own")
{
    for (auto const* function :
         {"clock_gettime", "gettimeofday", "time", "nanosleep", "clock_nanosleep", "getentropy",
          "getrandom", "arc4random", "pthread_create"}) {
        CAPTURE(function);
        CHECK(remedy(function) != remedy("rand"));
    }
    CHECK(remedy("time").find("wall_now()") != std::string::npos);
    CHECK(remedy("nanosleep").find("converge::sleep_for") != std::string::npos);
}

TEST_CASE("the first culprit of a step counts, and the next step forgets it")
{
    {
        step_guard const inside;
        {
            step_guard const nested;
            trip("time");
        }
        trip("gettimeofday");
    }
    trip("nanosleep");
    CHECK(std::string{tripped()} == "time");
    {
        step_guard const next;
    }
    CHECK(tripped() == nullptr);
    trip("nanosleep");
    CHECK(tripped() == nullptr);
}

#if !defined(CONVERGE_WITHOUT_TRIPWIRES)

namespace {

struct culprit {
    std::string name;
    std::function<void()> call;
};

void read_clock()
{
    auto const before = std::chrono::steady_clock::now();
    CHECK(std::chrono::steady_clock::now() >= before);
    CHECK(std::chrono::system_clock::now().time_since_epoch() > 24h * 365 * 50);
}

void read_date()
{
    timeval now{};
    CHECK(::gettimeofday(&now, nullptr) == 0);
    CHECK(now.tv_sec > 1'700'000'000);
}

void nap()
{
    timespec const span{0, 1000};
    CHECK(::clock_nanosleep(CLOCK_MONOTONIC, 0, &span, nullptr) == 0);
}

void wait_in_vain()
{
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock{mutex};
    CHECK(never.wait_for(lock, 1us) == std::cv_status::timeout);
}

void draw_entropy()
{
    std::vector<unsigned char> bytes(64);
    CHECK(::getentropy(bytes.data(), bytes.size()) == 0);
    CHECK(bytes != std::vector<unsigned char>(64));
}

void draw_bytes()
{
    std::vector<unsigned char> bytes(64);
    CHECK(::getrandom(bytes.data(), bytes.size(), 0) == 64);
    CHECK(bytes != std::vector<unsigned char>(64));
}

void start_thread()
{
    bool ran = false;
    std::thread{[&ran] { ran = true; }}.join();
    CHECK(ran);
}

std::vector<culprit> const& culprits()
{
    static std::vector<culprit> const all{
        {"clock_gettime", read_clock},
        {"clock_gettime", wait_in_vain},
        {"gettimeofday", read_date},
        {"time", [] { CHECK(::time(nullptr) > 1'700'000'000); }},
        {"nanosleep", [] { std::this_thread::sleep_for(1us); }},
        {"clock_nanosleep", nap},
        {"getentropy", draw_entropy},
        {"getrandom", draw_bytes},
        {"pthread_create", start_thread},
    };
    return all;
}

task<> do_it_later(std::function<void()> call)
{
    co_await sleep_for(1s);
    call();
}

} // namespace

TEST_CASE("what reaches out of a step is noted by its name, and works all the same")
{
    for (auto const& each : culprits()) {
        CAPTURE(each.name);
        {
            step_guard const inside;
            each.call();
        }
        auto const* const noted = tripped();
        REQUIRE(noted != nullptr);
        CHECK(noted == each.name);
    }
}

TEST_CASE("outside of a step nothing is noted")
{
    {
        step_guard const forgets;
    }
    for (auto const& each : culprits()) {
        CAPTURE(each.name);
        each.call();
        CHECK(tripped() == nullptr);
    }
}

TEST_CASE("a step notes what its own thread does, and no other")
{
    char const* noted = "";
    std::thread other{[&noted] {
        static_cast<void>(::time(nullptr));
        noted = tripped();
    }};
    {
        step_guard const inside;
        other.join();
    }
    CHECK(noted == nullptr);
    CHECK(tripped() == nullptr);
}

#if defined(__GLIBCXX__)
TEST_CASE("random bits of the system are noted where the processor does not draw them itself")
{
    {
        step_guard const inside;
        std::random_device device{"getentropy"};
        static_cast<void>(device());
    }
    CHECK(std::string{tripped()} == "getentropy");
}
#endif

TEST_CASE("a world ends with the name of the process and of what it called")
{
    for (auto const& each : culprits()) {
        CAPTURE(each.name);
        world w{1};
        w.start("innocent", [] { return do_it_later([] {}); });
        w.start("guilty", [&each] { return do_it_later(each.call); });
        std::string said;
        try {
            w.run_for(1min);
        } catch (error const& refused) {
            CHECK(refused.is(errc::invalid));
            said = refused.what();
        }
        CAPTURE(said);
        CHECK(said.find("process \"guilty\"") != std::string::npos);
        CHECK(said.find(each.name) != std::string::npos);
        CHECK(said.find(remedy(each.name.c_str())) != std::string::npos);
    }
}

namespace {

/// What `act` is refused with; empty if it is not.
std::string refusal_of(std::function<void()> const& act)
{
    try {
        act();
    } catch (error const& refused) {
        return refused.what();
    }
    return {};
}

} // namespace

TEST_CASE("the beginning of a process is watched as its steps are, at every start")
{
    int starts = 0;
    auto const entry = [&starts] {
        if (++starts == 2)
            read_date();
        return do_it_later([] {});
    };
    world w{1};
    auto const guilty = w.start("guilty", entry);
    w.kill(guilty);
    auto const said = refusal_of([&] { w.restart(guilty); });
    CAPTURE(said);
    CHECK(said.find("process \"guilty\", step 0: calls gettimeofday") != std::string::npos);
    world crashes{1};
    starts = 0;
    crashes.crash(crashes.start("guilty", entry), 1, 1s);
    auto const again = refusal_of([&] { crashes.run_for(1min); });
    CAPTURE(again);
    CHECK(again.find("process \"guilty\"") != std::string::npos);
}

TEST_CASE("what a script does is watched as well")
{
    world w{1};
    w.at(instant{1s}, [] {});
    w.at(instant{2s}, read_date);
    auto const said = refusal_of([&] { w.run_for(1min); });
    CAPTURE(said);
    CHECK(said.find("what the script does, step 0: calls gettimeofday") != std::string::npos);
    CHECK(w.now() == instant{2s});
}

TEST_CASE("a world in which nothing reaches out runs to its end")
{
    int done = 0;
    world w{1};
    w.start("innocent", [&done] { return do_it_later([&done] { ++done; }); });
    CHECK(w.run_for(1min) == testing::stop_reason::quiet);
    CHECK(done == 1);
}

#endif
