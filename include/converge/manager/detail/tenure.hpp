// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/manager/leader_election.hpp>

#include <algorithm>
#include <chrono>

namespace converge::detail {

/// When a leader renews, and when it gives up. Reads no clock.
///
/// All is counted from when a renewal that succeeded was asked for: the api starts the span anew
/// no sooner than that, so the lease ends no sooner than `lease_duration` after it.
class tenure {
public:
    /// @param asked when the lease was asked for
    tenure(leader_election const& how, instant asked)
        : interval_{how.renew_interval()},
          deadline_{how.renew_deadline()}
    {
        renewed(asked);
    }

    void renewed(instant asked)
    {
        renewed_ = asked;
        next_ = asked + interval_;
    }

    /// Tries again soon: a quarter of the time between a renewal that is due and giving up.
    /// @param chance in [0, 1), to spread those who try
    void failed(instant now, double chance)
    {
        auto const most = (deadline_ - interval_) / 4;
        next_ = now + most / 2 + std::chrono::duration_cast<duration>(most / 2 * chance);
    }

    [[nodiscard]] instant gives_up_at() const { return renewed_ + deadline_; }
    [[nodiscard]] instant next_attempt() const { return std::min(next_, gives_up_at()); }

    /// How long a renewal that is asked for now may take: so that one that is lost leaves time for
    /// another.
    [[nodiscard]] duration patience(instant now) const
    {
        return std::min<duration>((deadline_ - interval_) / 2, gives_up_at() - now);
    }

    [[nodiscard]] duration since_renewal(instant now) const { return now - renewed_; }

private:
    duration interval_;
    duration deadline_;
    instant renewed_{};
    instant next_{};
};

} // namespace converge::detail
