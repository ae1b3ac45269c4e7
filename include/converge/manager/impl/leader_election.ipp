// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/manager/leader_election.hpp>

#include <converge/core/failure.hpp>

#include <string>

namespace converge {

CONVERGE_DECL void leader_election::check() const
{
    if (renew_interval_ > duration::zero() && renew_interval_ < renew_deadline_ &&
        renew_deadline_ < lease_duration_)
        return;
    auto const text = [](duration span) {
        return std::to_string(std::chrono::duration<double>(span).count()) + " s";
    };
    throw error{errc::invalid,
                "leader election \"" + lease_.name + "\": renews every " + text(renew_interval_) +
                    ", gives up after " + text(renew_deadline_) + ", and its lease lasts " +
                    text(lease_duration_) +
                    "; the first must be above zero, and each less than "
                    "the next, so that a leader has stopped before another may lead"};
}

} // namespace converge
