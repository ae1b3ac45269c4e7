// SPDX-License-Identifier: BSL-1.0
#pragma once

// The corpus: mistakes that real controllers have made, each as a small controller that makes it
// and a twin that does not. The kit must find the mistake within a stated number of seeds, and
// must never accuse the twin, which is judged by the same declarations.

#include <converge/async/sleep.hpp>
#include <converge/manager/run.hpp>
#include <converge/testing/explore.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/simulation.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace corpus {

using converge::testing::exploration;
using converge::testing::explore_options;
using converge::testing::fault_kind;
using converge::testing::fault_plan;
using converge::testing::scenario;
using converge::testing::simulation;
using converge::testing::snapshot;

/// Which of the two a template makes: they differ only where it says `T == twin::wrong`.
enum class twin { wrong, right };

/// A wrong twin is to be found by the fault of its row: what else would show its mistake is left
/// out. The right one is judged under all faults.
template <twin T>
void without(simulation& sim, std::vector<fault_kind> const& others)
{
    if (T == twin::wrong)
        for (auto const kind : others)
            sim.chance_of(kind, 0);
}

/// CONVERGE_SEEDS, if it is set to a number above zero, instead of `otherwise`.
[[nodiscard]] inline std::uint64_t seeds_wanted(std::uint64_t otherwise)
{
    auto const* const text = std::getenv("CONVERGE_SEEDS");
    auto const asked = text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
    return asked == 0 ? otherwise : asked;
}

/// A mistake that faults bring out is none that an ordinary test would have shown.
inline void holds_in_calm(scenario const& what)
{
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        auto const seen = converge::testing::run_plan(what, fault_plan::calm(seed));
        CAPTURE(seed);
        CAPTURE(what.name);
        if (seen.wrong)
            FAIL_CHECK(seen.wrong->oracle << ": " << seen.wrong->message);
    }
}

/// Explores at most `budget` seeds: something must be found, and by one of `oracles`, if any are
/// named. They are names of oracles, or of `eventually` checks of the scenario.
inline void found_within(scenario const& wrong, std::uint64_t budget,
                         std::vector<std::string> const& oracles = {})
{
    auto const seen =
        converge::testing::explore(wrong, explore_options{}.seeds(budget).without_shrinking());
    MESSAGE(seen.summary());
    REQUIRE_FALSE(seen.holds());
    auto const& found = seen.failures.front().wrong;
    CAPTURE(found.oracle);
    CAPTURE(found.message);
    bool const expected =
        oracles.empty() || std::any_of(oracles.begin(), oracles.end(), [&](auto const& oracle) {
            return found.oracle == oracle || found.message.starts_with(oracle + ": ");
        });
    CHECK(expected);
}

/// Explores `seeds` seeds, or CONVERGE_SEEDS: nothing may be found.
inline void never_accused(scenario const& right, std::uint64_t seeds)
{
    auto const seen =
        converge::testing::explore(right, explore_options{}.seeds(seeds_wanted(seeds)));
    INFO(seen.summary());
    for (auto const& each : seen.failures)
        MESSAGE(each.wrong.oracle << ": " << each.wrong.message << "\n"
                                  << to_text(right.name, each.plan));
    CHECK(seen.holds());
}

} // namespace corpus
