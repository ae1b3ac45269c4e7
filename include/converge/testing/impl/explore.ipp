// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/explore.hpp>

#include <converge/core/detail/caught.hpp>
#include <converge/testing/detail/end_state.hpp>
#include <converge/testing/detail/simulation_state.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

namespace converge::testing {

namespace detail {

/// How runs of a scenario end without faults, by the state that they end in: made when first asked for.
/// Thread-safe.
class calm_ends {
public:
    [[nodiscard]] CONVERGE_DECL end_state const& of(scenario const& what, std::size_t desired);

private:
    std::mutex mutex_;
    std::map<std::size_t, end_state> known_;
};

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
        throw error{errc::invalid, "without faults: " + report.wrong->oracle + ": " +
                                       report.wrong->message};
    return known_.emplace(desired, state.end()).first->second;
}

/// Where faults could have been, in a run.
struct fault_places {
    std::vector<fault> all;
    /// For each of them, how much of it makes a difference: the steps of a process that may die.
    std::vector<std::uint64_t> amounts;
};

/// @param learned where to note all places where a fault could have been; may be null
CONVERGE_DECL run_report run_once(scenario const& what, fault_plan const& plan, calm_ends& ends,
                                  timeline* told, fault_places* learned)
{
    run_report report;
    try {
        simulation sim{plan};
        what.declare(sim);
        auto& state = state_of(sim);
        if (learned != nullptr)
            state.faults.learn();
        report = state.run(told);
        if (learned != nullptr)
            for (auto const& each : state.faults.asked()) {
                learned->all.push_back(each);
                learned->amounts.push_back(
                    each.kind == fault_kind::crash ? state.steps_in_faults(each.site) : 1);
            }
        if (report.wrong || !state.compares_counts)
            return report;
        auto const& calm = ends.of(what, state.last_desired());
        if (auto difference = state.end().difference_from(calm, *state.compares_counts);
            !difference.empty())
            report.wrong = violation{"it ends as without faults", std::move(difference),
                                     report.steps, instant{report.span}};
    } catch (...) {
        report.wrong = violation{"the scenario runs", converge::detail::caught().what(),
                                 report.steps, instant{report.span}};
    }
    return report;
}

/// The plan of a run that was made, with its faults listed.
[[nodiscard]] CONVERGE_DECL fault_plan plan_of(fault_plan from, run_report const& made)
{
    from.faults = made.faults;
    return from;
}

/// Whether a run goes wrong in the same way.
[[nodiscard]] inline bool alike(std::optional<violation> const& one, violation const& other)
{
    return one && one->oracle == other.oracle;
}

/// Leaves out parts of a plan as long as what remains still goes wrong.
class shrinker {
public:
    shrinker(scenario const& what, fault_plan plan, violation wrong, calm_ends& ends)
        : what_{what}, plan_{std::move(plan)}, wrong_{std::move(wrong)}, ends_{ends}
    {}

    [[nodiscard]] CONVERGE_DECL failed_run run();

private:
    static constexpr int tries_max = 400;

    [[nodiscard]] CONVERGE_DECL bool fails_with(std::vector<fault> const& faults);
    [[nodiscard]] CONVERGE_DECL bool leave_out_part(std::size_t parts);
    CONVERGE_DECL void go_without_resyncs();
    CONVERGE_DECL void take_in_order();

    scenario const& what_;
    fault_plan plan_;
    violation wrong_;
    calm_ends& ends_;
    int tries_ = 0;
};

CONVERGE_DECL bool shrinker::fails_with(std::vector<fault> const& faults)
{
    ++tries_;
    auto fewer = plan_;
    fewer.faults = faults;
    auto const made = run_once(what_, fewer, ends_, nullptr, nullptr);
    if (!alike(made.wrong, wrong_))
        return false;
    // Some of the faults may have found no occasion.
    plan_.faults = made.faults.size() < faults.size() ? made.faults : faults;
    wrong_ = *made.wrong;
    return true;
}

CONVERGE_DECL bool shrinker::leave_out_part(std::size_t parts)
{
    auto const all = *plan_.faults;
    auto const size = (all.size() + parts - 1) / parts;
    for (std::size_t begin = 0; begin < all.size() && tries_ < tries_max; begin += size) {
        auto rest = all;
        auto const from = rest.begin() + static_cast<std::ptrdiff_t>(begin);
        rest.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, all.size() - begin)));
        if (fails_with(rest))
            return true;
    }
    return false;
}

CONVERGE_DECL void shrinker::go_without_resyncs()
{
    auto const before = std::exchange(plan_.resyncs, false);
    if (!fails_with(*plan_.faults))
        plan_.resyncs = before;
}

CONVERGE_DECL void shrinker::take_in_order()
{
    auto const before = std::exchange(plan_.order, turn_order::fifo);
    if (!fails_with(*plan_.faults))
        plan_.order = before;
}

CONVERGE_DECL failed_run shrinker::run()
{
    failed_run found;
    found.faults_before = plan_.faults->size();
    // First what makes a run long or its order odd.
    for (auto const simpler : {&shrinker::go_without_resyncs, &shrinker::take_in_order})
        (this->*simpler)();
    (void)fails_with({});
    for (std::size_t parts = 2; !plan_.faults->empty() && tries_ < tries_max;) {
        if (leave_out_part(std::min(parts, plan_.faults->size())))
            parts = std::max<std::size_t>(2, parts - 1);
        else if (parts >= plan_.faults->size())
            break;
        else
            parts *= 2;
    }
    found.plan = plan_;
    found.wrong = wrong_;
    return found;
}

/// Runs of one scenario, shared by threads.
class explorer {
public:
    explorer(scenario const& what, explore_options const& how)
        : what_{what},
          how_{how},
          end_{how.first() + how.seeds().value_or(what.seeds)},
          next_{how.first()},
          stop_at_{end_}
    {}

    [[nodiscard]] CONVERGE_DECL exploration run();

private:
    CONVERGE_DECL void work();
    [[nodiscard]] CONVERGE_DECL run_report run_seed(std::uint64_t seed);
    CONVERGE_DECL void note(std::uint64_t seed, run_report const& made);

    scenario const& what_;
    explore_options const& how_;
    std::uint64_t const end_;
    std::atomic<std::uint64_t> next_;
    /// The first seed that failed, unless failures are collected: later ones are of no interest.
    std::atomic<std::uint64_t> stop_at_;
    calm_ends ends_;
    std::mutex mutex_;
    std::map<std::uint64_t, run_report> failed_;
    /// Fingerprints are folded in the order of the seeds, whoever ran them.
    std::map<std::uint64_t, std::uint64_t> fingerprints_;
    exploration sum_;
};

CONVERGE_DECL run_report explorer::run_seed(std::uint64_t seed)
{
    fault_plan const plan{seed};
    auto made = run_once(what_, plan, ends_, nullptr, nullptr);
    if (made.wrong || how_.compared() == 0 || seed % how_.compared() != 0)
        return made;
    auto const again = run_once(what_, plan, ends_, nullptr, nullptr);
    if (again.fingerprint != made.fingerprint)
        made.wrong = violation{"the same seed gives the same run", first_difference(what_, plan),
                               made.steps, instant{made.span}};
    return made;
}

CONVERGE_DECL void explorer::note(std::uint64_t seed, run_report const& made)
{
    std::lock_guard const lock{mutex_};
    fingerprints_[seed] = made.fingerprint;
    ++sum_.seeds;
    sum_.steps += made.steps;
    sum_.writes += made.writes;
    sum_.reconciles += made.reconciles;
    for (auto const& each : made.faults)
        ++sum_.faults[static_cast<std::size_t>(each.kind)];
    if (!made.wrong)
        return;
    failed_.emplace(seed, made);
    if (!how_.collects())
        stop_at_ = std::min(stop_at_.load(), seed);
}

CONVERGE_DECL void explorer::work()
{
    for (;;) {
        auto const seed = next_++;
        if (seed >= stop_at_)
            return;
        note(seed, run_seed(seed));
    }
}

CONVERGE_DECL exploration explorer::run()
{
    auto const threads = how_.threads() != 0 ? how_.threads()
                                             : std::max(1u, std::thread::hardware_concurrency());
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < threads; ++i)
            others.emplace_back([this] { work(); });
        work();
    }
    sum_.scenario = what_.name;
    for (auto const& [seed, fingerprint] : fingerprints_)
        sum_.fingerprint = mixed(sum_.fingerprint ^ mixed(seed) ^ fingerprint);
    for (auto const& [seed, made] : failed_) {
        if (!how_.collects() && !sum_.failures.empty())
            break;
        auto plan = plan_of(fault_plan{seed}, made);
        if (how_.shrinks()) {
            sum_.failures.push_back(shrinker{what_, std::move(plan), *made.wrong, ends_}.run());
            continue;
        }
        failed_run found;
        found.wrong = *made.wrong;
        found.faults_before = made.faults.size();
        found.plan = std::move(plan);
        sum_.failures.push_back(std::move(found));
    }
    return std::move(sum_);
}

} // namespace detail

CONVERGE_DECL std::string exploration::summary() const
{
    std::uint64_t injected = 0;
    for (auto const count : faults)
        injected += count;
    auto const counts = std::to_string(steps) + " steps, " + std::to_string(writes) + " writes, " +
                        std::to_string(reconciles) + " reconciles, " + std::to_string(injected) +
                        " faults";
    if (holds())
        return scenario + ": " + std::to_string(seeds) + " seeds hold (" + counts + ")";
    auto const& first = failures.front();
    auto const left = first.plan.faults ? first.plan.faults->size() : 0;
    return "seed=" + std::to_string(first.plan.seed) + " scenario=" + scenario + " violation=\"" +
           first.wrong.oracle + ": " + first.wrong.message + "\" step=" +
           std::to_string(first.wrong.step) + " faults=" + std::to_string(left) + " of " +
           std::to_string(first.faults_before);
}

CONVERGE_DECL exploration explore(scenario const& what, explore_options how)
{
    return detail::explorer{what, how}.run();
}

CONVERGE_DECL run_report run_plan(scenario const& what, fault_plan const& plan)
{
    detail::calm_ends ends;
    return detail::run_once(what, plan, ends, nullptr, nullptr);
}

CONVERGE_DECL run_report run_plan(scenario const& what, fault_plan const& plan, timeline& told)
{
    detail::calm_ends ends;
    return detail::run_once(what, plan, ends, &told, nullptr);
}

CONVERGE_DECL failed_run shrink(scenario const& what, fault_plan const& plan,
                                violation const& wrong)
{
    detail::calm_ends ends;
    auto listed = plan;
    if (!listed.faults)
        listed = detail::plan_of(plan, detail::run_once(what, plan, ends, nullptr, nullptr));
    return detail::shrinker{what, std::move(listed), wrong, ends}.run();
}

CONVERGE_DECL exploration sweep(scenario const& what, fault_kind kind, std::uint64_t seed)
{
    detail::calm_ends ends;
    auto const calm = fault_plan::calm(seed);
    detail::fault_places places;
    auto const learned = detail::run_once(what, calm, ends, nullptr, &places);
    exploration sum;
    sum.scenario = what.name;
    auto const note = [&](fault_plan const& plan, run_report const& made) {
        ++sum.seeds;
        sum.steps += made.steps;
        sum.writes += made.writes;
        sum.reconciles += made.reconciles;
        sum.faults[static_cast<std::size_t>(kind)] += made.faults.size();
        sum.fingerprint = detail::mixed(sum.fingerprint ^ made.fingerprint);
        if (!made.wrong)
            return;
        failed_run found;
        found.wrong = *made.wrong;
        found.plan = plan;
        found.faults_before = made.faults.size();
        sum.failures.push_back(std::move(found));
    };
    if (learned.wrong) {
        note(calm, learned);
        return sum;
    }
    for (std::size_t i = 0; i != places.all.size(); ++i) {
        auto const& place = places.all[i];
        if (place.kind != kind)
            continue;
        // A crash can come before any step of a life; other faults at their place or not.
        for (std::uint64_t amount = 1; amount <= places.amounts[i]; ++amount) {
            auto one = calm;
            one.faults->push_back(place);
            one.faults->back().amount = kind == fault_kind::crash ? amount : 0;
            auto const made = detail::run_once(what, one, ends, nullptr, nullptr);
            note(one, made);
        }
    }
    return sum;
}

CONVERGE_DECL std::string first_difference(scenario const& what, fault_plan const& plan)
{
    timeline one;
    timeline other;
    (void)run_plan(what, plan, one);
    (void)run_plan(what, plan, other);
    auto const& left = one.entries();
    auto const& right = other.entries();
    auto const [here, there] = std::ranges::mismatch(left, right);
    if (here == left.end() && there == right.end())
        return {};
    auto const text = [](auto const& at, auto const& end) {
        return at == end ? std::string{"nothing"}
                         : "step " + std::to_string(at->step) + ": " + at->who + " " + at->what;
    };
    return "two runs of one plan part: the first: " + text(here, left.end()) +
           "; the second: " + text(there, right.end());
}

} // namespace converge::testing
