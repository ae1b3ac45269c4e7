// SPDX-License-Identifier: BSL-1.0

// One run for each place at which a crash alone can happen with a request under way: of the
// scenarios that take least, and of all if CONVERGE_SEEDS asks for more than a short run. The
// program `simulations` sweeps over crashes at every step.

#include "scenarios/cluster.hpp"

#include <converge/testing/check_scenario.hpp>
#include <converge/testing/explore.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace cluster_simulation;

namespace {

/// One for each of these controllers; the others' take longer.
std::vector<scenario> cheapest()
{
    return {deployment_changes_size(), replica_set_changes_size(), scheduler_places_pods(),
            autoscaler_meets_need(), dns_names_things()};
}

} // namespace

TEST_CASE("no crash within one request keeps deployments, replica sets, scheduler, autoscaler and "
          "DNS from their end; nor any other controller, if many seeds are asked for")
{
    // Who asks for that many has the time.
    bool const all = converge::testing::detail::environment_seeds().value_or(0) >= 10'000;
    for (auto const& each : all ? cluster_scenarios() : cheapest()) {
        auto const found =
            converge::testing::sweep(each, converge::testing::fault_kind::crash_in_request);
        CHECK_MESSAGE(found.holds(), found.summary());
        CHECK(found.seeds > 10);
    }
}
