// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/explore.hpp>

#include <converge/testing/detail/explorer.hpp>
#include <converge/testing/detail/run_once.hpp>
#include <converge/testing/detail/shrinker.hpp>

#include <algorithm>
#include <utility>

namespace converge::testing {

CONVERGE_DECL exploration explore(scenario const& what, explore_options how)
{
    return detail::explorer{what, how}.run();
}

CONVERGE_DECL run_report run_plan(scenario const& what, fault_plan const& plan)
{
    detail::calm_ends ends;
    return detail::run_once(what, plan, ends);
}

CONVERGE_DECL run_report run_plan(scenario const& what, fault_plan const& plan, timeline& told)
{
    detail::calm_ends ends;
    detail::listeners to;
    to.told = &told;
    return detail::run_once(what, plan, ends, to);
}

CONVERGE_DECL failed_run shrink(scenario const& what, fault_plan const& plan,
                                violation const& wrong)
{
    detail::calm_ends ends;
    auto listed = plan;
    if (!listed.faults)
        listed = detail::plan_of(plan, detail::run_once(what, plan, ends));
    return detail::shrinker{what, std::move(listed), wrong, ends}.run();
}

CONVERGE_DECL std::string first_difference(scenario const& what, fault_plan const& plan)
{
    detail::calm_ends ends;
    timeline one;
    timeline other;
    auto const first = detail::run_traced(what, plan, ends, &one);
    auto const second = detail::run_traced(what, plan, ends, &other);
    auto found = detail::difference(first, second);
    if (found.empty())
        return found;
    auto const [here, there] = std::ranges::mismatch(one.entries(), other.entries());
    auto const text = [](auto const& at, auto const& end) {
        return at == end ? std::string{"nothing"}
                         : "step " + std::to_string(at->step) + ": " + at->who + " " + at->what;
    };
    if (here != one.entries().end() || there != other.entries().end())
        found += "; then the first tells: " + text(here, one.entries().end()) +
                 "; and the second: " + text(there, other.entries().end());
    return found;
}

} // namespace converge::testing
