// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/explore.hpp>

#include <converge/testing/detail/explorer.hpp>
#include <converge/testing/detail/run_once.hpp>

#include <utility>

namespace converge::testing {

CONVERGE_DECL exploration sweep(scenario const& what, fault_kind kind, std::uint64_t seed)
{
    detail::calm_ends ends;
    auto const calm = fault_plan::calm(seed);
    detail::fault_places places;
    detail::listeners learning;
    learning.places = &places;
    auto const learned = detail::run_once(what, calm, ends, learning);
    exploration sum;
    sum.scenario = what.name;
    auto const note = [&sum](fault_plan const& plan, run_report const& made) {
        detail::append(sum, detail::count_run(plan, made, sum.seeds), explore_options{}.reports());
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
            note(one, detail::run_once(what, one, ends));
        }
    }
    return sum;
}

} // namespace converge::testing
