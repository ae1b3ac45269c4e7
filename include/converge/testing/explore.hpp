// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/simulation.hpp>
#include <converge/testing/violation.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace converge::testing {

/// How `explore` goes about it. Setters chain.
class explore_options {
public:
    explore_options() {}

    /// How many seeds; as many as the scenario asks for unless set.
    [[nodiscard]] explore_options seeds(std::uint64_t count) &&
    {
        seeds_ = count;
        return std::move(*this);
    }
    /// Begins with this seed; 0 unless set.
    [[nodiscard]] explore_options from(std::uint64_t first) &&
    {
        first_ = first;
        return std::move(*this);
    }
    /// Threads; as many as there are processors unless set.
    [[nodiscard]] explore_options on_threads(unsigned count) &&
    {
        threads_ = count;
        return std::move(*this);
    }
    /// Goes on after failures, and collects them.
    [[nodiscard]] explore_options collecting() &&
    {
        collects_ = true;
        return std::move(*this);
    }
    /// Runs every `nth` seed twice and compares, step by step and by what was found; 20 unless set,
    /// 0 never.
    [[nodiscard]] explore_options comparing_every(std::uint64_t nth) &&
    {
        compared_ = nth;
        return std::move(*this);
    }
    /// Leaves failures as they were found.
    [[nodiscard]] explore_options without_shrinking() &&
    {
        shrinks_ = false;
        return std::move(*this);
    }

    /// Keeps, and shrinks, the first so many failures by seed; 10 unless set, at least 1. All are
    /// counted.
    [[nodiscard]] explore_options reporting(std::size_t most) &&
    {
        reports_ = most == 0 ? 1 : most;
        return std::move(*this);
    }
    /// Begins no further seed once `enough` says so; one is run at least. It is called by all
    /// threads at once, after every seed. Of how many seeds were run then, all are those from the
    /// first on.
    [[nodiscard]] explore_options until(std::function<bool()> enough) &&
    {
        enough_ = std::move(enough);
        return std::move(*this);
    }

    [[nodiscard]] std::optional<std::uint64_t> seeds() const noexcept { return seeds_; }
    [[nodiscard]] std::uint64_t first() const noexcept { return first_; }
    [[nodiscard]] unsigned threads() const noexcept { return threads_; }
    [[nodiscard]] bool collects() const noexcept { return collects_; }
    [[nodiscard]] std::uint64_t compared() const noexcept { return compared_; }
    [[nodiscard]] bool shrinks() const noexcept { return shrinks_; }
    [[nodiscard]] std::size_t reports() const noexcept { return reports_; }
    [[nodiscard]] std::function<bool()> const& enough() const noexcept { return enough_; }

private:
    std::optional<std::uint64_t> seeds_;
    std::uint64_t first_ = 0;
    unsigned threads_ = 0;
    bool collects_ = false;
    std::uint64_t compared_ = 20;
    bool shrinks_ = true;
    std::size_t reports_ = 10;
    std::function<bool()> enough_;
};

/// A run that went wrong.
struct failed_run {
    violation wrong;
    /// Reproduces it: with the faults listed, as few as shrinking left.
    fault_plan plan;
    /// How many faults the run had before shrinking.
    std::size_t faults_before = 0;
};

/// What exploring a scenario found.
struct exploration {
    std::string scenario;
    std::uint64_t seeds = 0;
    std::uint64_t steps = 0;
    std::uint64_t writes = 0;
    std::uint64_t reconciles = 0;
    std::array<std::uint64_t, fault_kinds> faults{};
    /// Of the runs' fingerprints and their seeds. Of explorations of some seeds and of those behind
    /// them it is the sum.
    std::uint64_t fingerprint = 0;
    /// How many runs went wrong.
    std::uint64_t failed = 0;
    /// The first of them by seed: one, or some if they were collected (see `reporting`).
    std::vector<failed_run> failures;

    [[nodiscard]] bool holds() const noexcept { return failures.empty(); }
    /// One line: `sites: 1000 seeds hold (…)`, or `seed=12 scenario=sites violation=… step=…`.
    [[nodiscard]] CONVERGE_DECL std::string summary() const;
};

/// Runs a scenario with many seeds, on all processors; what is found does not depend on how many
/// there are: where it stops at the first failure, by seed, it counts no run behind that. Finds the
/// fewest faults that still bring the failure about.
///
/// @par Threads     `what.declare` is called from several threads at once, and for some seeds twice
///                  (see `scenario`).
/// @par Complexity  Memory hangs on the threads and the failures that are kept, not on the seeds.
/// Each
///                  failure that is kept is run some hundred times more, to be shrunk.
[[nodiscard]] CONVERGE_DECL exploration explore(scenario const& what, explore_options how = {});

/// Runs one plan. Exceptions of the scenario's own code are violations.
CONVERGE_DECL run_report run_plan(scenario const& what, fault_plan const& plan);
/// As above, and tells who did what when.
CONVERGE_DECL run_report run_plan(scenario const& what, fault_plan const& plan, timeline& told);

/// Finds a plan with fewer faults that still violates what `plan` does: by leaving out halves, then
/// quarters, down to single ones (Zeller's ddmin). The run is made some hundred times at most. A
/// run that is only accused of not being the same twice is left as it is: no plan decides that.
[[nodiscard]] CONVERGE_DECL failed_run shrink(scenario const& what, fault_plan const& plan,
                                              violation const& wrong);

/// Learns at which places a fault of a kind can happen in a run where nothing goes wrong, and makes
/// one run for each of them alone: a crash at every step, every answer lost, every event hidden.
/// Keeps the first ten failures.
[[nodiscard]] CONVERGE_DECL exploration sweep(scenario const& what, fault_kind kind,
                                              std::uint64_t seed = 0);

/// Runs a plan twice. @returns where the two runs part, as text: the first step that differs, and
/// what each did then. Empty if they do not: then what runs in it asks nothing of the outside that
/// the plan does not decide.
[[nodiscard]] CONVERGE_DECL std::string first_difference(scenario const& what,
                                                         fault_plan const& plan);

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/explore.ipp>
#include <converge/testing/impl/sweep.ipp>
#endif
