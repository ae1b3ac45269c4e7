// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// As the gateway wants keys and values.
[[nodiscard]] inline std::string base64(std::string_view from)
{
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string to;
    to.reserve((from.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < from.size(); i += 3) {
        auto const part = from.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < part.size() ? static_cast<unsigned char>(part[k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            to += k <= part.size() ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return to;
}

} // namespace bench
