// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include <converge/testing/check_scenario.hpp>

#include <doctest/doctest.h>

using converge::testing::check_scenario;

TEST_CASE("a provider that fails in every way has the machines that are asked for, and no others")
{
    check_scenario(cluster_simulation::provisioner_makes_machines());
}

TEST_CASE("an agent runs what it has accepted, never more than fits, and nothing else")
{
    check_scenario(cluster_simulation::agent_runs_pods());
}

TEST_CASE("every pod and service has one address and every service its endpoints")
{
    check_scenario(cluster_simulation::dns_names_things());
}

TEST_CASE("a machine that is silent for a minute keeps its place")
{
    check_scenario(cluster_simulation::node_is_silent_for_a_minute());
}

TEST_CASE("a machine that stays silent is replaced, after two minutes and by one")
{
    check_scenario(cluster_simulation::node_is_silent_for_good());
}
