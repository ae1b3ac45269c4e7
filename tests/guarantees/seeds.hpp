// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/check_scenario.hpp>

#include <cstdint>

namespace guarantees {

/// How many seeds a promise about order or time is tried with: CONVERGE_SEEDS, or 2,000 if compiled
/// with optimisation, as `tests/run -L guarantees` does, and fewer if not.
[[nodiscard]] inline std::uint64_t seeds()
{
#if defined(__OPTIMIZE__)
    constexpr std::uint64_t usual = 2000;
#else
    constexpr std::uint64_t usual = 40;
#endif
    return converge::testing::detail::environment_seeds().value_or(usual);
}

} // namespace guarantees
