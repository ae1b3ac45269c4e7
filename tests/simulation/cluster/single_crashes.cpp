// SPDX-License-Identifier: BSL-1.0

// One run for each step of the small scenarios at which a crash alone can happen: of those that have
// the fewest steps, and of all if CONVERGE_SEEDS asks for a long simulation.

#include "simulation/cluster/scenarios.hpp"

#include <converge/testing/check_scenario.hpp>
#include <converge/testing/explore.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("no single crash keeps a controller of the cluster from its end")
{
    using namespace cluster_simulation;
    bool const all = converge::testing::detail::environment_seeds().has_value();
    std::vector<scenario> const few{autoscaler_meets_need(), dns_names_things()};
    for (auto const& each : all ? cluster_scenarios() : few) {
        if (each.name == "cluster")
            continue;
        auto const found =
            converge::testing::sweep(each, converge::testing::fault_kind::crash);
        CHECK_MESSAGE(found.holds(), found.summary());
        CHECK(found.seeds > 1);
    }
}
