// SPDX-License-Identifier: BSL-1.0
// The scenarios of the tests as a program: for long runs, for replaying what they find, and for
// comparing fingerprints between compilers. `simulations --help` tells how.

#include "scenarios/cluster.hpp"
#include "scenarios/reference.hpp"

#include <converge/testing/simulation_main.hpp>
#include <converge/testing/tripwires.hpp>

#include <iostream>
#include <utility>
#include <vector>

int main(int argc, char** argv)
{
    std::vector<converge::testing::scenario> all{simulation_test::reference_scenario()};
    for (auto& each : cluster_simulation::cluster_scenarios())
        all.push_back(std::move(each));
    return converge::testing::simulation_main(argc, argv, std::move(all), std::cout);
}
