// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace converge::testing {

/// Which of the turns that are ready a world takes next.
enum class turn_order : std::uint8_t {
    /// The one that is ready longest, as `io_context` does.
    fifo,
    /// Any, by chance.
    uniform,
    /// The one of the task that goes first: tasks have random ranks, and at three random steps the
    /// one
    /// that runs becomes the last (PCT: Burckhardt et al., ASPLOS 2010). Finds what needs one task
    /// to be slow for long.
    ranked,
};

inline constexpr std::size_t turn_orders = static_cast<std::size_t>(turn_order::ranked) + 1;

[[nodiscard]] inline std::string_view to_string(turn_order order) noexcept
{
    static constexpr std::array<std::string_view, turn_orders> names{"fifo", "uniform", "ranked"};
    auto const place = static_cast<std::size_t>(order);
    return place < names.size() ? names[place] : "unknown";
}

[[nodiscard]] inline std::optional<turn_order> turn_order_named(std::string_view name) noexcept
{
    for (std::size_t i = 0; i != turn_orders; ++i)
        if (to_string(static_cast<turn_order>(i)) == name)
            return static_cast<turn_order>(i);
    return std::nullopt;
}

} // namespace converge::testing
