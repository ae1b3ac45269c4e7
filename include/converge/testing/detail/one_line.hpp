// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <string>

namespace converge::testing::detail {

/// `text` with a space for every control character.
[[nodiscard]] inline std::string on_one_line(std::string text)
{
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text;
}

} // namespace converge::testing::detail
