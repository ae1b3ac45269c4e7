// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/run_once.hpp>
#include <converge/testing/exploration.hpp>
#include <converge/testing/explore_options.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/simulation.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace converge::testing::detail {

/// What one run adds to an exploration, if something is wrong with it its failure, not shrunk.
/// @param place a seed, or what else tells it from the other runs
[[nodiscard]] CONVERGE_DECL exploration count_run(fault_plan const& plan, run_report const& made,
                                                  std::uint64_t place);

/// Adds `part` to `sum`, and its failures as long as there are no more than `reports`.
CONVERGE_DECL void append(exploration& sum, exploration part, std::size_t reports);

/// Runs of one scenario, shared by threads.
class explorer {
public:
    CONVERGE_DECL explorer(scenario const& what, explore_options const& how);

    [[nodiscard]] CONVERGE_DECL exploration run();

private:
    CONVERGE_DECL void work();
    [[nodiscard]] CONVERGE_DECL run_report run_seed(std::uint64_t seed);
    CONVERGE_DECL void note(std::uint64_t seed, exploration part);
    CONVERGE_DECL void shrink_failures();

    scenario const& what_;
    explore_options const& how_;
    std::uint64_t const end_;
    std::atomic<std::uint64_t> next_;
    /// The first seed that failed, unless failures are collected: later ones are of no interest.
    std::atomic<std::uint64_t> stop_at_;
    calm_ends ends_;
    std::mutex mutex_;
    /// Runs are added in the order of their seeds, whoever made them, so that the sum ends at the
    /// same seed on any number of threads. These wait for one before them, which a thread is at: no
    /// more than the others make meanwhile.
    std::map<std::uint64_t, exploration> waiting_;
    std::uint64_t added_to_;
    bool ended_ = false;
    exploration sum_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/explorer.ipp>
#endif
