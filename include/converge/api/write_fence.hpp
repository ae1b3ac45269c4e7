// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/key.hpp>
#include <converge/core/revision.hpp>
#include <converge/model/lease.hpp>

#include <utility>

namespace converge {

/// What a write of a leader stands on: the lease that it holds, and the revision at which it got
/// it. A write with a fence is committed only while that lease is stored as of that revision, in
/// the same transaction that looks; otherwise it is refused with errc::fenced.
///
/// Revisions only rise, so a later holder has a higher one: outside of the store the revision is
/// a fencing token, which whatever a leader commands may compare. Renewing a lease does not write
/// it; whoever does write it, or removes it, takes the leadership away.
class write_fence {
public:
    write_fence(key<lease> held, revision since) : lease_{std::move(held)}, since_{since} {}

    [[nodiscard]] key<lease> const& held() const noexcept { return lease_; }
    [[nodiscard]] revision since() const noexcept { return since_; }

private:
    key<lease> lease_;
    revision since_;
};

} // namespace converge
