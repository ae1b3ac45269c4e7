// SPDX-License-Identifier: BSL-1.0
#pragma once

// The corpus: mistakes that real controllers have made, each as a small controller that makes it
// and a twin that does not. The kit must find the mistake within a stated number of seeds, and
// must never accuse the twin, which is judged by the same declarations.

#include <converge/async/sleep.hpp>
#include <converge/manager/run.hpp>
#include <converge/testing/check_scenario.hpp>
#include <converge/testing/explore.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/simulation.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

/// Leaves only these kinds of faults.
inline void only(simulation& sim, std::vector<fault_kind> const& kinds)
{
    for (std::size_t i = 0; i != converge::testing::fault_kinds; ++i)
        if (auto const kind = static_cast<fault_kind>(i);
            std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
            sim.chance_of(kind, 0);
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
/// @returns how many seeds it took.
inline std::uint64_t found_within(scenario const& wrong, std::uint64_t budget,
                                  std::vector<std::string> const& oracles = {})
{
    auto how = explore_options{}.seeds(budget).without_shrinking().comparing_every(0);
    // The first will do, and a loop that never rests is expensive.
    if (budget <= 5)
        how = std::move(how).on_threads(1);
    auto const seen = converge::testing::explore(wrong, how);
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
    return seen.failures.front().plan.seed + 1;
}

/// Explores `seeds` seeds from `first`: nothing may be found. @returns how many steps that took.
inline std::uint64_t explored(scenario const& right, std::uint64_t first, std::uint64_t seeds)
{
    auto const seen = converge::testing::explore(right, explore_options{}.from(first).seeds(seeds));
    INFO(seen.summary());
    for (auto const& each : seen.failures)
        MESSAGE(each.wrong.oracle << ": " << each.wrong.message << "\n"
                                  << to_text(right.name, each.plan));
    CHECK(seen.holds());
    return seen.steps;
}

/// Explores CONVERGE_SEEDS seeds, or at least `seeds`: nothing may be found. Four times as many as
/// its wrong twin was `found` within, or as a row may cost: what finds a mistake must have had its
/// chance to accuse who does not make it.
inline void never_accused(scenario const& right, std::uint64_t seeds, std::uint64_t found = 0)
{
    constexpr std::uint64_t steps_max = 400'000;
    if (auto const asked = converge::testing::detail::environment_seeds()) {
        explored(right, 0, *asked);
        return;
    }
    auto const steps_each = std::max<std::uint64_t>(1, explored(right, 0, seeds) / seeds);
    auto const wanted = std::min(4 * found, steps_max / steps_each);
    if (wanted > seeds)
        explored(right, seeds, wanted - seeds);
}

} // namespace corpus
