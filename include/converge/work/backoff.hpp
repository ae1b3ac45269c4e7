// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/work/detail/saturating.hpp>

#include <algorithm>
#include <chrono>

namespace converge {

/// How long to wait before the next attempt: `initial` after the first failure, `factor` times
/// longer after each further one, never more than `max`, and a random part of up to `jitter` of
/// it less, so that keys that failed together do not return together.
///
/// Stateless: who counts attempts and draws the random number is the caller.
struct backoff_policy {
    duration initial = std::chrono::milliseconds{5};
    duration max = std::chrono::minutes{5};
    /// Below 1 counts as 1.
    double factor = 2.0;
    /// The share of the delay that chance may take away, in [0, 1].
    double jitter = 0.1;

    backoff_policy() = default;
    backoff_policy(duration initial_delay, duration max_delay, double growth = 2.0,
                   double random_share = 0.1)
        : initial{initial_delay},
          max{max_delay},
          factor{growth},
          jitter{random_share}
    {}

    /// The delay after `attempt` earlier failures (0 for the first), with `random01` drawn
    /// uniformly from [0, 1). Within [0, max] for every input; the same on every platform.
    /// O(log attempt).
    [[nodiscard]] duration delay(unsigned attempt, double random01) const noexcept
    {
        auto const limit = std::max(max, duration::zero());
        auto const full = std::min(grown(attempt), limit);
        auto const share = std::clamp(jitter, 0.0, 1.0) * std::clamp(random01, 0.0, 1.0);
        return full - std::min(full, detail::saturated(static_cast<double>(full.count()) * share));
    }

private:
    [[nodiscard]] duration grown(unsigned attempt) const noexcept
    {
        if (initial <= duration::zero())
            return duration::zero();
        // By squaring, not std::pow: the same bits from every C library. (1.0 first: max of it and
        // not-a-number is 1.0.)
        double growth = 1.0;
        for (double power = std::max(1.0, factor); attempt != 0; attempt >>= 1, power *= power)
            if ((attempt & 1u) != 0)
                growth *= power;
        return detail::saturated(static_cast<double>(initial.count()) * growth);
    }
};

} // namespace converge
