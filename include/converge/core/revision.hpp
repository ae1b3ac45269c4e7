// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace converge {

/// A point in the history of one store: every commit gets exactly one, in strictly rising
/// order. Zero is before the first commit.
class revision {
public:
    constexpr revision() = default;
    constexpr explicit revision(std::uint64_t value) noexcept : value_{value} {}

    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
    [[nodiscard]] constexpr revision next() const noexcept { return revision{value_ + 1}; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return value_ != 0; }

    constexpr auto operator<=>(revision const&) const = default;

private:
    std::uint64_t value_ = 0;
};

[[nodiscard]] inline std::string to_string(revision at)
{
    return std::to_string(at.value());
}

} // namespace converge
