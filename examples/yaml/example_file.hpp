// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>

// The build says where the examples are; by hand, start them from the root of the project.
#if !defined(CONVERGE_EXAMPLES_DIR)
#define CONVERGE_EXAMPLES_DIR "examples"
#endif

namespace cluster {

/// A file of the examples, such as `cluster/machines.yaml`, named as briefly as it can be opened
/// from here.
[[nodiscard]] inline std::filesystem::path example_file(char const* name)
{
    auto const whole = std::filesystem::path{CONVERGE_EXAMPLES_DIR} / name;
    auto const brief = whole.lexically_proximate(std::filesystem::current_path());
    return brief.begin() != brief.end() && *brief.begin() == ".." ? whole : brief;
}

} // namespace cluster
