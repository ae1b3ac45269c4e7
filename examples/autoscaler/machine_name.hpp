// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace autoscaling {

/// `ssd-small-0`: the type and a number, the lowest that is free. So whoever decides for the same
/// need, after a crash or while a request is still under way, asks for the same machine.
[[nodiscard]] inline std::string machine_name(std::string_view type, int number)
{
    return std::string{type} + "-" + std::to_string(number);
}

} // namespace autoscaling
