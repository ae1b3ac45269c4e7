// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include <converge/testing/check_scenario.hpp>

#include <doctest/doctest.h>

using converge::testing::check_scenario;

TEST_CASE("a deployment rolls out the image that was asked for last, within its surge")
{
    check_scenario(cluster_simulation::deployment_rolls_out());
}

TEST_CASE("what a deployment ends as hangs on the last size alone")
{
    check_scenario(cluster_simulation::deployment_changes_size());
}

TEST_CASE("a replica set never has more pods than it asked for, and leaves strangers alone")
{
    check_scenario(cluster_simulation::replica_set_changes_size());
}

TEST_CASE("a replica set replaces what a person deletes, and nothing else")
{
    check_scenario(cluster_simulation::replica_set_replaces_pods());
}
