// SPDX-License-Identifier: BSL-1.0
#include <converge/work/queue.hpp>

#include "queue_trial.hpp"
#include "seeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

namespace {

using converge::cause_kind;
using converge::delay_mode;
using converge::duration;
using converge::instant;
using converge::stop_mode;
using guarantees::queue;
using guarantees::queue_trial;

using mix = queue_trial::mix;

/// The end of time, but for what is still added to it.
constexpr duration far{1'000'000};

/// Takes and finishes what there is, at a time when all delays are over, and nothing is added.
/// @returns the keys in the order in which they came.
std::vector<int> drain(queue& of, std::set<int> busy)
{
    for (int const key : busy)
        of.done(key);
    std::vector<int> order;
    while (auto const run = of.take(instant{far})) {
        order.push_back(run->key);
        of.done(run->key);
    }
    return order;
}

bool all_different(std::vector<int> order)
{
    std::sort(order.begin(), order.end());
    return std::adjacent_find(order.begin(), order.end()) == order.end();
}

} // namespace

TEST_CASE("Q1 at most one waiting run per key, whatever is added how often")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        queue_trial both{seed};
        mix crowded;
        crowded.add = crowded.add_at = crowded.debounce = 60;
        for (int step = 0; step < 100; ++step) {
            REQUIRE(both.step(crowded));
            auto& real = both.real();
            REQUIRE(real.ready() + real.delayed() + both.busy().size() <= queue_trial::keys);
        }
        auto const order = drain(both.real(), both.busy());
        REQUIRE(all_different(order));
        REQUIRE(both.real().idle());
    }
}

TEST_CASE("Q2 a key is never handed out while it is being processed")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        queue_trial both{seed};
        mix held;
        held.take = 60;
        // `take` of the trial fails if the key is held already.
        REQUIRE(both.steps(100, held));
        // Nor once all delays are over.
        auto const busy = both.busy();
        while (auto const run = both.real().take(instant{far}))
            REQUIRE_FALSE(busy.contains(run->key));
    }
}

TEST_CASE("Q3 any number of adds while a key is processed make exactly one more run, after done")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        queue_trial both{seed};
        auto& real = both.real();
        REQUIRE(both.steps(60, mix{}));
        auto added = std::map<int, unsigned>{};
        while (both.take()) {
        }
        for (int const key : both.busy())
            added[key] = both.model().slots[key].causes;
        for (auto& [key, count] : added) {
            for (auto more = both.chance().uniform(4); more != 0; --more, ++count) {
                bool const first = both.model().add(key, 0);
                REQUIRE(real.add(key, cause_kind::changed) == first);
            }
        }
        REQUIRE(real.ready() == 0);
        REQUIRE(both.agree());
        both.pass(far);
        auto const busy = both.busy();
        for (int const key : busy)
            both.finish(key);
        std::map<int, unsigned> merged;
        while (auto const run = both.take()) {
            REQUIRE(merged.emplace(run->key, run->causes.count()).second);
            both.finish(run->key);
        }
        for (auto const& [key, count] : added)
            REQUIRE((merged.contains(key) ? merged[key] : 0) == count);
        REQUIRE(both.agree());
    }
}

TEST_CASE("Q4 first come, first served within a priority and tenant; tenants and priorities share")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        queue_trial both{seed};
        mix ordered;
        ordered.add = 60;
        ordered.add_at = 20;
        ordered.take = 40;
        for (int step = 0; step < 120; ++step) {
            CAPTURE(step);
            REQUIRE(both.step(ordered));
        }
        // The rest comes in the order of the model.
        while (both.take()) {
        }
        REQUIRE(both.agree());
    }
}

TEST_CASE("Q5 merging keeps all causes, the highest priority and the earliest time")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        queue_trial both{seed};
        auto& chance = both.chance();
        queue merging;
        bool const held = chance.uniform(2) == 0;
        if (held) {
            merging.add(1, cause_kind::initial, 9);
            REQUIRE(merging.take(instant{}));
        }
        unsigned causes = 0;
        auto given = instant::max();
        auto quiet = instant::max();
        int highest = std::numeric_limits<int>::min();
        for (auto more = 1 + chance.uniform(6); more != 0; --more, ++causes) {
            instant const due{duration{1 + chance.uniform(50)}};
            auto const priority = static_cast<int>(chance.uniform(9)) - 4;
            highest = std::max(highest, priority);
            if (chance.uniform(3) == 0) {
                // Of such events the last says how long it must be quiet.
                merging.add_debounced(1, cause_kind::watched, instant{}, due - instant{}, far,
                                      priority);
                quiet = due;
            } else {
                merging.add_at(1, cause_kind::requeue, due, priority);
                given = std::min(given, due);
            }
        }
        auto const earliest = std::min(given, quiet);
        if (held)
            merging.done(1);
        REQUIRE(merging.next_due() == earliest);
        REQUIRE_FALSE(merging.take(earliest - duration{1}));
        auto const run = merging.take(earliest);
        REQUIRE(run);
        REQUIRE(run->priority == highest);
        REQUIRE(run->causes.count() == causes);
        // And among other keys, in the places that these have.
        REQUIRE(both.steps(80, mix{}));
    }
}

TEST_CASE("Q6 a key in process holds up no other key, marked again or not")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        queue_trial both{seed};
        REQUIRE(both.steps(80, mix{}));
        auto& real = both.real();
        auto const held = both.busy();
        for (int const key : held)
            if (both.chance().uniform(2) == 0)
                real.add(key, cause_kind::changed, 1'000);
        std::set<int> others;
        for (auto const& [key, at] : both.model().slots)
            if (!at.busy && (at.ready || at.waits))
                others.insert(key);
        // As many takes as there are others, and not one more, get them all.
        for (auto left = others.size(); left != 0; --left) {
            auto const run = real.take(instant{far});
            REQUIRE(run);
            REQUIRE(others.erase(run->key) == 1);
        }
        REQUIRE_FALSE(real.take(instant{far}));
    }
}

TEST_CASE("Q7 ready counts what could be taken, not what is delayed or processed")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        queue_trial both{seed};
        REQUIRE(both.steps(100, mix{}));
        auto& real = both.real();
        real.advance(both.now());
        auto const promised = real.ready();
        std::size_t taken = 0;
        while (real.take(both.now()))
            ++taken;
        REQUIRE(taken == promised);
        REQUIRE(real.ready() == 0);
    }
}

TEST_CASE("Q8 after stop all adds are refused, and what is in hand is finished")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        queue_trial both{seed};
        REQUIRE(both.steps(80, mix{}));
        auto& real = both.real();
        bool const drains = seed % 2 == 0;
        std::set<int> expected;
        real.advance(both.now());
        both.model().advance(both.now());
        for (auto const& [key, at] : both.model().slots)
            if (drains && at.ready)
                expected.insert(key);
        both.stop(drains ? stop_mode::drain : stop_mode::drop);
        REQUIRE(real.stopped());
        REQUIRE(both.agree());
        // Random adds change nothing any more: the model refuses them.
        mix only_adds{25, 10, 5, 0, 0, 0, 0, 0, 0};
        REQUIRE(both.steps(20, only_adds));
        REQUIRE_FALSE(real.next_due());
        REQUIRE(real.processing() == both.busy().size());
        auto const order = drain(real, both.busy());
        REQUIRE(std::set<int>(order.begin(), order.end()) == expected);
        REQUIRE(all_different(order));
        REQUIRE(real.idle());
    }
}

TEST_CASE("Q9 forget clears the count of attempts and nothing else")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        // Two queues with the same past, and a key that only one of them forgets.
        queue_trial forgetful{seed};
        queue_trial other{seed};
        mix failing;
        failing.finish = 60;
        REQUIRE(forgetful.steps(80, failing));
        REQUIRE(other.steps(80, failing));
        auto const key = static_cast<int>(seed % queue_trial::keys);
        forgetful.real().forget(key);
        REQUIRE(forgetful.real().attempts(key) == 0);
        for (int each = 0; each < queue_trial::keys; ++each)
            REQUIRE(
                (each == key || forgetful.real().attempts(each) == other.real().attempts(each)));
        for (int const each : other.busy()) {
            forgetful.real().done(each);
            other.real().done(each);
        }
        REQUIRE(forgetful.real().ready() == other.real().ready());
        while (auto const due = other.real().next_due()) {
            REQUIRE(forgetful.real().next_due() == due);
            other.real().advance(*due);
            forgetful.real().advance(*due);
        }
        while (auto const run = other.real().take(instant{far})) {
            auto const same = forgetful.real().take(instant{far});
            REQUIRE(same);
            REQUIRE(std::tuple{same->key, same->priority, same->causes.str()} ==
                    std::tuple{run->key, run->priority, run->causes.str()});
            REQUIRE(same->attempt == (run->key == key ? 0 : run->attempt));
        }
        REQUIRE_FALSE(forgetful.real().take(instant{far}));
    }
}
