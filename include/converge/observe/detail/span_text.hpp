// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <chrono>
#include <cstdio>
#include <string>

namespace converge::detail {

/// A span for people: `85 us`, `2.5 ms`, `3.2 s`, `12 min`.
[[nodiscard]] inline std::string span_text(duration span)
{
    struct unit {
        double size;
        char const* name;
    };
    static constexpr unit units[] = {{60e9, "min"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
    auto const nanoseconds = static_cast<double>(span.count());
    auto chosen = units[3];
    for (auto const& each : units)
        if (nanoseconds >= each.size * (each.size > 1e9 ? 2 : 1)) {
            chosen = each;
            break;
        }
    char text[32];
    std::snprintf(text, sizeof text, "%.3g %s", nanoseconds / chosen.size, chosen.name);
    return text;
}

} // namespace converge::detail
