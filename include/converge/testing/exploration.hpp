// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/fault.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/violation.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace converge::testing {

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

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/exploration.ipp>
#endif
