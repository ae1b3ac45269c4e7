// SPDX-License-Identifier: BSL-1.0
#include "scenarios/reference.hpp"

#include <converge/testing/check_scenario.hpp>

#include <doctest/doctest.h>

using namespace converge::testing;
using simulation_test::reference_scenario;

TEST_CASE("two parents and their children survive whatever may happen to their control plane")
{
    check_scenario(reference_scenario());
}

TEST_CASE("they survive a crash at every step, the loss of every answer, every hidden event")
{
    for (auto const kind : {fault_kind::crash, fault_kind::lost_answer, fault_kind::hidden_event,
                            fault_kind::crash_in_request, fault_kind::rival_write}) {
        auto const found = sweep(reference_scenario(), kind);
        CAPTURE(to_string(kind));
        CHECK_MESSAGE(found.holds(), found.summary());
        CHECK(found.seeds > 0);
    }
}
