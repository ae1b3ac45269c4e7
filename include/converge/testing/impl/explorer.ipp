// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/explorer.hpp>

#include <converge/testing/detail/hash.hpp>
#include <converge/testing/detail/shrinker.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace converge::testing::detail {

CONVERGE_DECL exploration count_run(fault_plan const& plan, run_report const& made,
                                    std::uint64_t place)
{
    exploration one;
    one.seeds = 1;
    one.steps = made.steps;
    one.writes = made.writes;
    one.reconciles = made.reconciles;
    for (auto const& each : made.faults)
        ++one.faults[static_cast<std::size_t>(each.kind)];
    one.fingerprint = mixed(mixed(place) ^ made.fingerprint);
    if (!made.wrong)
        return one;
    one.failed = 1;
    failed_run found;
    found.wrong = *made.wrong;
    found.plan = plan_of(plan, made);
    found.faults_before = made.faults.size();
    one.failures.push_back(std::move(found));
    return one;
}

CONVERGE_DECL void append(exploration& sum, exploration part, std::size_t reports)
{
    sum.seeds += part.seeds;
    sum.steps += part.steps;
    sum.writes += part.writes;
    sum.reconciles += part.reconciles;
    for (std::size_t i = 0; i != fault_kinds; ++i)
        sum.faults[i] += part.faults[i];
    // A sum does not ask for the order, nor for where an exploration was interrupted.
    sum.fingerprint += part.fingerprint;
    sum.failed += part.failed;
    for (auto& each : part.failures)
        if (sum.failures.size() < reports)
            sum.failures.push_back(std::move(each));
}

CONVERGE_DECL explorer::explorer(scenario const& what, explore_options const& how)
    : what_{what},
      how_{how},
      end_{how.first() + how.seeds().value_or(what.seeds)},
      next_{how.first()},
      stop_at_{end_},
      added_to_{how.first()}
{}

CONVERGE_DECL run_report explorer::run_seed(std::uint64_t seed)
{
    fault_plan const plan{seed};
    if (how_.compared() == 0 || seed % how_.compared() != 0)
        return run_once(what_, plan, ends_);
    auto made = run_traced(what_, plan, ends_);
    auto const again = run_traced(what_, plan, ends_);
    if (auto where = difference(made, again); !where.empty())
        made.report.wrong = violation{std::string{same_run_oracle}, std::move(where),
                                      made.report.steps, instant{made.report.span}};
    return std::move(made.report);
}

CONVERGE_DECL void explorer::note(std::uint64_t seed, exploration part)
{
    std::lock_guard const lock{mutex_};
    if (part.failed != 0 && !how_.collects())
        stop_at_ = std::min(stop_at_.load(), seed);
    waiting_.emplace(seed, std::move(part));
    while (!ended_ && !waiting_.empty() && waiting_.begin()->first == added_to_) {
        auto next = std::move(waiting_.extract(waiting_.begin()).mapped());
        ended_ = next.failed != 0 && !how_.collects();
        append(sum_, std::move(next), how_.reports());
        ++added_to_;
    }
}

CONVERGE_DECL void explorer::work()
{
    do {
        auto const seed = next_++;
        if (seed >= stop_at_)
            return;
        note(seed, count_run(fault_plan{seed}, run_seed(seed), seed));
    } while (!how_.enough() || !how_.enough()());
}

CONVERGE_DECL void explorer::shrink_failures()
{
    for (auto& each : sum_.failures)
        each = shrinker{what_, each.plan, each.wrong, ends_}.run();
}

CONVERGE_DECL exploration explorer::run()
{
    auto const threads =
        how_.threads() != 0 ? how_.threads() : std::max(1u, std::thread::hardware_concurrency());
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < threads; ++i)
            others.emplace_back([this] { work(); });
        work();
    }
    sum_.scenario = what_.name;
    if (how_.shrinks())
        shrink_failures();
    return std::move(sum_);
}

} // namespace converge::testing::detail
