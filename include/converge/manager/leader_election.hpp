// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/key.hpp>
#include <converge/core/time.hpp>
#include <converge/model/lease.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace converge {

/// How replicas of a control plane find the one that leads: whoever creates the `Lease` of this
/// name leads for as long as it renews it. A value; setters chain:
/// `leader_election{"sites"}.lasting(30s)`.
///
/// The lease is an object that goes when it is not renewed for its duration; renewing does not
/// write it. The revision of its creation numbers the term: it is the fence of all that the
/// leader's controllers write (`client::fenced_by`), so that nothing that a former leader sent
/// lands once another leads, however long its machine stood still.
///
/// Assumes: the monotonic clocks of the replicas and of the api run equally fast, within the
/// margin between `renew_deadline` and `lease_duration`. Only that two believe to lead at once
/// hangs on it; that only one writes does not.
///
/// Needs an api over a store, here or behind a connection. A Kubernetes API server neither lets
/// leases expire nor commits with a fence; a transport to one has to say so (errc::unsupported).
class leader_election {
public:
    /// @param name      of the lease: replicas that share it compete
    /// @param space     the namespace that the lease is in
    /// @param identity  who leads, for people to read; drawn if empty. Replicas of one identity
    ///                  compete all the same.
    explicit leader_election(std::string name, std::string space = default_namespace,
                             std::string identity = {})
        : lease_{in_namespace{std::move(space)}, std::move(name)},
          identity_{std::move(identity)}
    {}

    /// How long after the last renewal of a leader that crashed another may lead; 15 s unless
    /// set.
    [[nodiscard]] leader_election lasting(duration span) &&
    {
        lease_duration_ = span;
        return std::move(*this);
    }
    /// How often the leader renews; 5 s unless set.
    [[nodiscard]] leader_election renewing_every(duration span) &&
    {
        renew_interval_ = span;
        return std::move(*this);
    }
    /// How long after its last renewal a leader that cannot renew stops by itself; 10 s unless set.
    /// The rest of the lease is what it has for stopping.
    [[nodiscard]] leader_election giving_up_after(duration span) &&
    {
        renew_deadline_ = span;
        return std::move(*this);
    }
    /// Who loses the lease stops: `run` throws errc::fenced. Otherwise it starts all anew, as after
    /// a restart, and competes again.
    [[nodiscard]] leader_election ending_when_lost() &&
    {
        ends_when_lost_ = true;
        return std::move(*this);
    }

    [[nodiscard]] key<lease> const& held_by() const noexcept { return lease_; }
    [[nodiscard]] std::string const& identity() const noexcept { return identity_; }
    [[nodiscard]] duration lease_duration() const noexcept { return lease_duration_; }
    [[nodiscard]] duration renew_interval() const noexcept { return renew_interval_; }
    [[nodiscard]] duration renew_deadline() const noexcept { return renew_deadline_; }
    [[nodiscard]] bool ends_when_lost() const noexcept { return ends_when_lost_; }

    /// @throws errc::invalid unless 0 < renew interval < renew deadline < lease duration.
    CONVERGE_DECL void check() const;

private:
    key<lease> lease_;
    std::string identity_;
    duration lease_duration_ = std::chrono::seconds{15};
    duration renew_interval_ = std::chrono::seconds{5};
    duration renew_deadline_ = std::chrono::seconds{10};
    bool ends_when_lost_ = false;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/manager/impl/leader_election.ipp>
#endif
