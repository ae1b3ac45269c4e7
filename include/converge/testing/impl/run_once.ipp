// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/run_once.hpp>

#include <converge/core/detail/caught.hpp>
#include <converge/core/failure.hpp>
#include <converge/testing/detail/simulation_state.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace converge::testing::detail {

CONVERGE_DECL end_state const& calm_ends::of(scenario const& what, std::size_t desired)
{
    std::lock_guard const lock{mutex_};
    auto const known = known_.find(desired);
    if (known != known_.end())
        return known->second;
    simulation calm{fault_plan::calm(0)};
    what.declare(calm);
    auto& state = state_of(calm);
    state.only_desire(desired);
    auto const report = calm.run();
    if (report.wrong)
        throw error{errc::invalid,
                    "without faults: " + report.wrong->oracle + ": " + report.wrong->message};
    return known_.emplace(desired, state.end()).first->second;
}

CONVERGE_DECL run_report run_once(scenario const& what, fault_plan const& plan, calm_ends& ends,
                                  listeners to)
{
    run_report report;
    try {
        simulation sim{plan};
        what.declare(sim);
        auto& state = state_of(sim);
        if (to.places != nullptr)
            state.faults.learn();
        state.trace = to.trace;
        report = state.run(to.told);
        if (to.places != nullptr)
            for (auto const& each : state.faults.asked()) {
                to.places->all.push_back(each);
                to.places->amounts.push_back(
                    each.kind == fault_kind::crash ? state.steps_in_faults(each.site) : 1);
            }
        if (report.wrong || !state.compares_counts)
            return report;
        auto const& calm = ends.of(what, state.last_desired());
        if (auto unlike = state.end().difference_from(calm, *state.compares_counts);
            !unlike.empty())
            report.wrong = violation{"it ends as without faults", std::move(unlike), report.steps,
                                     instant{report.span}};
    } catch (...) {
        report.wrong = violation{"the scenario runs", converge::detail::caught().what(),
                                 report.steps, instant{report.span}};
    }
    return report;
}

CONVERGE_DECL traced_run run_traced(scenario const& what, fault_plan const& plan, calm_ends& ends,
                                    timeline* told)
{
    traced_run made;
    listeners to;
    to.told = told;
    to.trace = &made.trace;
    made.report = run_once(what, plan, ends, to);
    return made;
}

[[nodiscard]] inline std::string verdict_of(run_report const& made)
{
    return made.wrong ? made.wrong->oracle + ": " + made.wrong->message : "nothing is wrong";
}

/// What a run does in its `nth` step, from 0.
[[nodiscard]] inline std::string step_text(run_trace const& of, std::size_t nth)
{
    if (nth >= of.steps.size())
        return "has ended";
    auto const& step = of.steps[nth];
    auto const us =
        std::chrono::floor<std::chrono::microseconds>(step.at.time_since_epoch()).count();
    return "runs process \"" + of.processes[step.process] + "\" at " + std::to_string(us) + "us";
}

CONVERGE_DECL std::string difference(traced_run const& one, traced_run const& other)
{
    auto const& left = one.trace.steps;
    auto const& right = other.trace.steps;
    auto const nth =
        static_cast<std::size_t>(std::ranges::mismatch(left, right).in1 - left.begin());
    if (nth != left.size() || nth != right.size()) {
        auto const first = step_text(one.trace, nth);
        auto const second = step_text(other.trace, nth);
        auto const text = "two runs of one plan part at step " + std::to_string(nth + 1) + ": ";
        if (first == second)
            return text + "both " + first + ", but another task of it, or it writes something else";
        return text + "the first " + first + ", the second " + second;
    }
    auto const same = "two runs of one plan make the same " + std::to_string(nth) + " steps, but ";
    if (verdict_of(one.report) != verdict_of(other.report))
        return same + "are judged otherwise: the first: " + verdict_of(one.report) +
               "; the second: " + verdict_of(other.report);
    if (one.report.fingerprint != other.report.fingerprint ||
        one.report.steps != other.report.steps)
        return same + "something is written between steps, or in the last, that differs";
    return {};
}

} // namespace converge::testing::detail
