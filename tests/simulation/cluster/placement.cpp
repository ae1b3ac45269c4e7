// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include <converge/testing/check_scenario.hpp>

#include <doctest/doctest.h>

using converge::testing::check_scenario;

TEST_CASE("the scheduler fills two nodes and says why the last pod has none")
{
    check_scenario(cluster_simulation::scheduler_places_pods());
}

TEST_CASE("room that becomes free goes to the pod of the highest priority")
{
    check_scenario(cluster_simulation::scheduler_prefers_urgent());
}

TEST_CASE("the autoscaler creates no machine twice for one need")
{
    check_scenario(cluster_simulation::autoscaler_meets_need());
}
