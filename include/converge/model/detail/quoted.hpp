// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace converge::detail {

/// `text` in quotes, fit for one line of a message however long or odd it is: long text loses
/// its tail, control characters become `?`.
[[nodiscard]] inline std::string quoted(std::string_view text)
{
    constexpr std::size_t length_max = 80;
    bool const whole = text.size() <= length_max;
    std::string line{'"'};
    for (char const c : text.substr(0, length_max))
        line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return line + (whole ? "\"" : "...\"");
}

} // namespace converge::detail
