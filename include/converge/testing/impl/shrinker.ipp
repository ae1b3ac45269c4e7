// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/shrinker.hpp>

#include <converge/testing/turn_order.hpp>

#include <algorithm>
#include <utility>

namespace converge::testing::detail {

CONVERGE_DECL bool shrinker::fails_with(std::vector<fault> const& faults)
{
    ++tries_;
    auto fewer = plan_;
    fewer.faults = faults;
    auto const made = run_once(what_, fewer, ends_);
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
    found.plan = plan_;
    found.wrong = wrong_;
    // Which faults there are does not decide whether two runs part: nothing in the plan does.
    if (wrong_.oracle == same_run_oracle)
        return found;
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

} // namespace converge::testing::detail
