// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/simulation.hpp>

namespace simulation_test {

/// The small scenario that the speed of the kit is measured with: two parents, some children each,
/// two workers, a user who changes his mind.
[[nodiscard]] converge::testing::scenario reference_scenario();

} // namespace simulation_test
