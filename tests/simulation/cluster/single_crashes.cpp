// SPDX-License-Identifier: BSL-1.0

// One run for each place of some scenarios at which a crash alone can happen, with a request under
// way; if CONVERGE_SEEDS asks for more than a short run, of all scenarios, and at any step.

#include "scenarios/cluster.hpp"

#include <converge/testing/check_scenario.hpp>
#include <converge/testing/explore.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("no single crash keeps a controller of the cluster from its end")
{
    using namespace cluster_simulation;
    using converge::testing::fault_kind;
    // Who asks for that many seeds has the time.
    bool const all = converge::testing::detail::environment_seeds().value_or(0) >= 10'000;
    std::vector<scenario> const small{deployment_changes_size(), scheduler_places_pods(),
                                      autoscaler_meets_need(), agent_runs_pods()};
    for (auto const& each : all ? cluster_scenarios() : small) {
        auto const kind = all ? fault_kind::crash : fault_kind::crash_in_request;
        auto const found = converge::testing::sweep(each, kind);
        CHECK_MESSAGE(found.holds(), found.summary());
        CHECK(found.seeds > 10);
    }
}
