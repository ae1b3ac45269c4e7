// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace converge {

/// A seeded source of random numbers (xoshiro256**): the same seed gives the same numbers with
/// every compiler and library, which the distributions of <random> do not. Not for secrets. A
/// regular value: a copy continues as the original does. Not thread-safe.
class random_bits {
public:
    explicit constexpr random_bits(std::uint64_t seed) noexcept
    {
        // The seed is stretched by splitmix64, so that seeds 1, 2, 3 give unrelated streams and
        // no seed gives the all-zero state, from which xoshiro never leaves.
        for (auto& word : state_) {
            seed += 0x9e3779b97f4a7c15u;
            std::uint64_t mixed = seed;
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
            word = mixed ^ (mixed >> 31);
        }
    }

    /// 64 uniform bits.
    [[nodiscard]] constexpr std::uint64_t next() noexcept
    {
        auto const drawn = std::rotl(state_[1] * 5, 7) * 9;
        auto const shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return drawn;
    }

    /// Uniform in [0, n), without bias; zero for `n` of zero.
    [[nodiscard]] constexpr std::uint64_t uniform(std::uint64_t n) noexcept
    {
        if (n == 0)
            return 0;
        // Draws below 2^64 mod n would make small results likelier; less than one draw in two.
        auto const unfair = (0 - n) % n;
        auto drawn = next();
        while (drawn < unfair)
            drawn = next();
        return drawn % n;
    }

    /// Uniform in [0, 1), in steps of 2^-53.
    [[nodiscard]] constexpr double unit() noexcept
    {
        return static_cast<double>(next() >> 11) * 0x1.0p-53;
    }

    friend constexpr bool operator==(random_bits const&, random_bits const&) = default;

private:
    std::array<std::uint64_t, 4> state_{};
};

} // namespace converge
