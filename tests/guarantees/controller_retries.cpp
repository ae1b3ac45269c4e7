// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>

using namespace guarantees;

namespace {

/// Fails in every way that there is, one after the other.
outcome fail_in_every_way(object<site> const& of, std::size_t nth)
{
    if (of.metadata.name != "a")
        return converge::settled();
    switch (nth) {
    case 1: throw std::runtime_error{"broken"};
    case 2: throw boost::system::system_error{boost::asio::error::connection_reset};
    case 3: throw boost::system::system_error{boost::asio::error::operation_aborted};
    case 4: throw 42;
    case 5: throw converge::error{errc::invalid, "broken"};
    default: return converge::settled();
    }
}

} // namespace

TEST_CASE("R3 what a reconciler throws is retried, after longer and longer")
{
    try_seeds([](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        auto const failing = performing(seen, [](object<site> const&, std::size_t nth) {
            if (nth <= 6)
                fail();
            return converge::settled();
        });
        sim.start(failing.backoff(doubling()));
        sim.settle();
        auto const times = seen.times("a");
        REQUIRE(times.size() == 7);
        std::vector<duration> waits;
        for (std::size_t i = 1; i < times.size(); ++i)
            waits.push_back(times[i] - times[i - 1]);
        REQUIRE(waits == std::vector<duration>{1s, 2s, 4s, 8s, 8s, 8s});
        REQUIRE(sim.results("error") == 6);
        REQUIRE(sim.results("settled") == 1);
    });
}

TEST_CASE("R3 a terminal failure waits for a change, and is counted apart")
{
    try_seeds([](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        sim.start(performing(seen, [](object<site> const&, std::size_t nth) {
            if (nth == 1)
                fail(errc::terminal);
            return converge::settled();
        }));
        sim.settle();
        REQUIRE(seen.count("a") == 1);
        REQUIRE(sim.results("terminal") == 1);
        REQUIRE(sim.results("error") == 0);
        sim.run(sim.person.apply(site_named("a", 2)));
        sim.settle();
        REQUIRE(seen.count("a") == 2);
        REQUIRE(seen.last_seen("a") == 2);
    });
}

TEST_CASE("R5 a success, or a failure for good, makes the next failure a first one")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.run(sim.person.create(site_named("a")));
        auto const fates = drawn_fates(chance, 12);
        std::vector<instant> changes{instant{}};
        for (int i = 1; i != 6; ++i) {
            changes.emplace_back(i * 1000s);
            sim.begin(change_at(sim.person, changes.back(), i + 1));
        }
        journal seen;
        auto const trying = performing(
            seen, [&](object<site> const&, std::size_t nth) { return meet(fates, nth); });
        sim.start(trying.backoff(doubling()));
        sim.settle();
        REQUIRE(seen.times("a") == foretold(fates, changes));
    });
}

TEST_CASE("R7 whatever a reconciler throws is a failure to be retried, of nobody else")
{
    try_seeds([](simulation& sim) {
        for (auto const* name : {"a", "b", "c"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        auto const plane = sim.start(performing(seen, fail_in_every_way));
        sim.settle();
        REQUIRE(seen.count("a") == 6);
        REQUIRE(seen.count("b") == 1);
        REQUIRE(seen.count("c") == 1);
        REQUIRE(sim.results("error") == 5);
        REQUIRE(sim.results("settled") == 3);
        REQUIRE(sim.active() == 0);
        REQUIRE_FALSE(sim.world.failure(plane));
    });
}

TEST_CASE("R8 a change during the backoff runs at once, and is no attempt")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        auto const failing =
            performing(seen, [](object<site> const&, std::size_t) -> outcome { fail(); });
        sim.start(failing.backoff(doubling()));
        auto expected = drawn_instants(chance, 1 + chance.uniform(6), 30s);
        int pages = 1;
        for (auto const& at : expected)
            sim.begin(change_at(sim.person, at, ++pages));
        // The changes neither put an attempt off nor lengthen its wait.
        for (auto const at : {0s, 1s, 3s, 7s, 15s, 23s, 31s})
            expected.emplace_back(at);
        std::sort(expected.begin(), expected.end());
        sim.world.run_for(32s);
        REQUIRE(seen.times("a") == expected);
    });
}

TEST_CASE("R9 however often it failed, or that for good, a change still runs it")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        bool const for_good = chance.uniform(2) == 0;
        auto const failing =
            performing(seen, [for_good](object<site> const&, std::size_t nth) -> outcome {
                fail(for_good && nth == 2 ? errc::terminal : errc::unavailable);
            });
        sim.start(failing.backoff({1h, 10'000h, 10'000.0, 0.0}));
        auto const late = instant{2h} + drawn_span(chance, 900h);
        sim.begin(change_at(sim.person, late, 2));
        sim.world.run_for(910h);
        std::vector<instant> expected{instant{}, instant{1h}, late};
        if (for_good && late + 1h <= instant{910h})
            expected.push_back(late + 1h);
        REQUIRE(seen.times("a") == expected);
    });
}
