// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/explore.hpp>

#include <converge/async/sleep.hpp>
#include <converge/testing/detail/simulation_state.hpp>

#include "scenarios.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

using namespace converge;
using namespace converge::testing;
using namespace small_scenarios;
using namespace std::chrono_literals;

namespace {

exploration collect(std::uint64_t from, std::uint64_t seeds, unsigned threads,
                    std::size_t reports = 10)
{
    return explore(flawed, explore_options{}
                               .from(from)
                               .seeds(seeds)
                               .on_threads(threads)
                               .reporting(reports)
                               .without_shrinking()
                               .collecting());
}

void check_same(exploration const& one, exploration const& other)
{
    CHECK(one.seeds == other.seeds);
    CHECK(one.steps == other.steps);
    CHECK(one.writes == other.writes);
    CHECK(one.reconciles == other.reconciles);
    CHECK(one.faults == other.faults);
    CHECK(one.fingerprint == other.fingerprint);
    CHECK(one.failed == other.failed);
    REQUIRE(one.failures.size() == other.failures.size());
    for (std::size_t i = 0; i != one.failures.size(); ++i)
        CHECK(one.failures[i].plan.seed == other.failures[i].plan.seed);
}

/// Whose first seed fails when three others have ended: other threads have gone on by then.
struct slow_failure {
    std::atomic<int> ended = 0;

    void declare(simulation& sim)
    {
        auto const seed = converge::testing::detail::state_of(sim).plan.seed;
        if (seed != 0) {
            declare_sound(sim);
            ++ended;
            return;
        }
        while (ended < 3)
            std::this_thread::yield();
        sim.eventually("never", [](snapshot const&) { return std::string{"as ever"}; });
        sim.faults_for(1s);
    }
};

/// A scenario whose runs are not all the same: `odd` tells which one is made.
scenario fickle_scenario(std::shared_ptr<int> runs, void (*declare)(simulation&, bool odd))
{
    return {"fickle", [runs, declare](simulation& sim) { declare(sim, (*runs)++ % 2 != 0); }};
}

task<> yield_times(int times)
{
    for (int i = 0; i != times; ++i)
        co_await yield();
}

/// Parts in a step that no timeline tells of.
void parts_in_steps(simulation& sim, bool odd)
{
    sim.user("thinker", [odd](client) { return yield_times(odd ? 4 : 3); });
    sim.faults_for(1s);
}

/// Runs alike, and is judged otherwise.
void parts_in_verdicts(simulation& sim, bool odd)
{
    sim.user("thinker", [](client) { return yield_times(3); });
    sim.eventually("evenness", [odd](snapshot const&) { return std::string{odd ? "odd" : ""}; });
    sim.faults_for(1s);
}

} // namespace

TEST_CASE("all failures are counted, and the first of them kept, on any number of threads")
{
    auto const one = collect(0, 100, 1, 3);
    CHECK(one.failed > 5);
    CHECK(one.failures.size() == 3);
    CHECK_FALSE(one.holds());
    check_same(one, collect(0, 100, 3, 3));
    CHECK(collect(0, 100, 1, 0).failures.size() == 1);
}

TEST_CASE("the fingerprint of two explorations is the sum of theirs")
{
    CHECK(collect(0, 40, 1).fingerprint ==
          collect(0, 25, 1).fingerprint + collect(25, 15, 1).fingerprint);
    CHECK(collect(0, 25, 1).fingerprint != collect(25, 25, 1).fingerprint);
}

TEST_CASE(
    "seeds behind the failure at which it stops are not counted, though threads have run them")
{
    slow_failure in;
    scenario const slow{"slow", [&in](simulation& sim) { in.declare(sim); }};
    auto const found = explore(
        slow, explore_options{}.seeds(8).on_threads(2).comparing_every(0).without_shrinking());
    CHECK(in.ended >= 3);
    CHECK(found.seeds == 1);
    CHECK(found.failed == 1);
    auto const alone = run_plan(slow, fault_plan{0});
    CHECK(found.steps == alone.steps);
    CHECK(found.writes == alone.writes);
}

TEST_CASE("where it stops it finds the same on any number of threads")
{
    auto const how = [](unsigned threads) {
        return explore_options{}.seeds(100).on_threads(threads).without_shrinking();
    };
    auto const one = explore(flawed, how(1));
    REQUIRE(one.failures.size() == 1);
    CHECK(one.seeds == one.failures.front().plan.seed + 1);
    check_same(one, explore(flawed, how(4)));
}

TEST_CASE("it ends when it is told to, with the seeds from the first on")
{
    int left = 7;
    auto const found = explore(sound, explore_options{}.from(5).seeds(100).on_threads(1).until(
                                          [&left] { return --left == 0; }));
    CHECK(found.seeds == 7);
    auto const one =
        explore(sound, explore_options{}.seeds(100).on_threads(1).until([] { return true; }));
    CHECK(one.seeds == 1);
}

TEST_CASE("two runs that part in a step are told by the step, the process and the time")
{
    auto const fickle = fickle_scenario(std::make_shared<int>(0), parts_in_steps);
    auto const text = first_difference(fickle, fault_plan::calm(1));
    CAPTURE(text);
    CHECK(text.starts_with("two runs of one plan part at step "));
    CHECK(text.find("process \"thinker\" at ") != std::string::npos);
    CHECK(first_difference(sound, fault_plan{1}).empty());
}

TEST_CASE("two runs that differ in what they find alone are told by that")
{
    auto const fickle = fickle_scenario(std::make_shared<int>(0), parts_in_verdicts);
    auto const text = first_difference(fickle, fault_plan::calm(1));
    CAPTURE(text);
    CHECK(text.find("are judged otherwise: the first: nothing is wrong; the second: ") !=
          std::string::npos);
    CHECK(text.find("evenness: odd") != std::string::npos);
}

TEST_CASE("runs that are not the same twice are a failure, which nobody tries to shrink")
{
    for (auto const declare : {parts_in_steps, parts_in_verdicts}) {
        auto const runs = std::make_shared<int>(0);
        auto const found = explore(fickle_scenario(runs, declare),
                                   explore_options{}.seeds(1).on_threads(1).comparing_every(1));
        REQUIRE(found.failures.size() == 1);
        CHECK(found.failures.front().wrong.oracle == "the same seed gives the same run");
        CHECK(found.failures.front().wrong.message.starts_with("two runs of one plan "));
        CHECK(*runs == 2);
    }
}

TEST_CASE("a summary is one line, whatever a check says")
{
    scenario const wordy{"wordy", [](simulation& sim) {
                             sim.eventually("brevity", [](snapshot const&) {
                                 return std::string{"one\nline\tis\r\nenough"};
                             });
                             sim.faults_for(1s);
                         }};
    auto const found = explore(wordy, explore_options{}.seeds(1));
    auto const text = found.summary();
    CAPTURE(text);
    CHECK(text.find("one line is  enough") != std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
}
