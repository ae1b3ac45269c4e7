// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/work/detail/saturating.hpp>

#include <algorithm>
#include <chrono>

namespace converge {

/// Limits a rate: `per_second` tokens flow in, at most `burst` are kept, and each use takes one.
/// Starts full.
///
/// Kept as one instant, the time at which the bucket would be full again, in whole nanoseconds:
/// no rounding accumulates, and nothing needs to run while the bucket fills. Not thread-safe.
/// All operations are O(1).
class token_bucket {
public:
    /// @pre `per_second > 0` and `burst > 0`; less, or no number, counts as one token a year and
    ///      one token.
    token_bucket(double per_second, unsigned burst) noexcept
        : interval_{std::clamp(detail::saturated(1e9 / std::max(1e-9, per_second)), duration{1},
                               duration{std::chrono::years{1}})},
          tolerance_{detail::saturated(static_cast<double>(interval_.count()) *
                                       static_cast<double>(std::max(burst, 1u) - 1))}
    {}

    /// Takes a token if there is one and returns zero; else takes nothing and returns how long
    /// from `now` until there will be one, if nobody else takes it.
    [[nodiscard]] duration take(instant now) noexcept
    {
        auto const wait = wait_at(now);
        if (wait == duration::zero())
            draw(now);
        return wait;
    }

    /// Takes a token in any case, from the future if need be, and returns how long from `now`
    /// the caller must wait before it acts. Reservations are served in the order of the calls,
    /// `1 / per_second` apart, and cannot be returned.
    [[nodiscard]] duration reserve(instant now) noexcept
    {
        auto const wait = wait_at(now);
        draw(now);
        return wait;
    }

private:
    [[nodiscard]] duration wait_at(instant now) const noexcept
    {
        if (full_at_ <= now || full_at_ - now <= tolerance_)
            return duration::zero();
        return full_at_ - now - tolerance_;
    }

    void draw(instant now) noexcept
    {
        full_at_ = detail::later(std::max(full_at_, now), interval_);
    }

    duration interval_;
    duration tolerance_;
    instant full_at_ = instant::min();
};

} // namespace converge
