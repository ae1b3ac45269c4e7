// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>

#include <cstdint>
#include <string>

namespace converge::testing {

/// What a simulation found to be wrong.
struct violation {
    /// Who found it: an oracle ("no orphans") or the name of a check of the scenario.
    std::string oracle;
    /// Names object, field and revision.
    std::string message;
    std::uint64_t step = 0;
    instant at{};
};

} // namespace converge::testing
