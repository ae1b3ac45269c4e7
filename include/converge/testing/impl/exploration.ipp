// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/exploration.hpp>

#include <converge/testing/detail/one_line.hpp>

namespace converge::testing {

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
           detail::on_one_line(first.wrong.oracle + ": " + first.wrong.message) +
           "\" step=" + std::to_string(first.wrong.step) + " faults=" + std::to_string(left) +
           " of " + std::to_string(first.faults_before);
}

} // namespace converge::testing
