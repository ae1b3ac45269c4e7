// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include <converge/testing/check_scenario.hpp>

#include <doctest/doctest.h>

TEST_CASE("the story ends with three instances on two machines, whatever fails meanwhile")
{
    converge::testing::check_scenario(cluster_simulation::whole_cluster());
}
