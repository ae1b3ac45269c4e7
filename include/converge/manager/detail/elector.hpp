// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/client.hpp>
#include <converge/client/leadership.hpp>
#include <converge/controller/control_context.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/manager/detail/election_metrics.hpp>
#include <converge/manager/detail/tenure.hpp>
#include <converge/manager/leader_election.hpp>
#include <converge/model/object.hpp>
#include <converge/observe/logger.hpp>

#include <memory>
#include <optional>
#include <string>

namespace converge::detail {

/// Gets, keeps and gives back one term of leading. `acquire`, then `keep`, then `release`, each
/// once; `release` also if one of the others was cancelled.
///
/// What the replica draws for itself at the start stands in an annotation of the lease: by that it
/// knows a lease of its own, whose creation was never answered, from one of a namesake.
class elector {
public:
    CONVERGE_DECL elector(client api, leader_election how, control_context const& context);
    elector(elector const&) = delete;
    elector& operator=(elector const&) = delete;
    CONVERGE_DECL ~elector();

    /// Returns once the term has begun. Watches the lease while another holds it; whatever else
    /// fails it tries again, with backoff and jitter.
    [[nodiscard]] CONVERGE_DECL task<> acquire();

    /// Renews until the term has ended: the lease is gone or another's, a write was fenced, or it
    /// could not be renewed in time. @pre `acquire` has returned.
    [[nodiscard]] CONVERGE_DECL task<> keep();

    /// Removes the lease if it is, or may be, of this term; gives up after a renew interval. Throws
    /// nothing but for a cancellation.
    [[nodiscard]] CONVERGE_DECL task<> release();

    [[nodiscard]] std::shared_ptr<leadership> const& term() const noexcept { return term_; }
    [[nodiscard]] leader_election const& how() const noexcept { return how_; }
    /// Who leads, as far as is known; empty if it is not, or was not to be learnt for a lease's
    /// duration.
    [[nodiscard]] std::string const& leader() const noexcept { return leader_; }
    /// Nothing if it never led.
    [[nodiscard]] std::optional<tenure> const& renewals() const noexcept { return tenure_; }

private:
    [[nodiscard]] CONVERGE_DECL task<> try_once();
    [[nodiscard]] CONVERGE_DECL task<> adopt(object_ptr<lease> own);
    [[nodiscard]] CONVERGE_DECL task<> create();
    [[nodiscard]] CONVERGE_DECL task<> wait_free();
    [[nodiscard]] CONVERGE_DECL task<> renew_once(instant asked);
    [[nodiscard]] CONVERGE_DECL task<> give_back();
    [[nodiscard]] CONVERGE_DECL task<bool> removed();

    [[nodiscard]] CONVERGE_DECL bool is_own(object<lease> const& seen) const;
    [[nodiscard]] CONVERGE_DECL object<lease> wanted(timestamp at) const;
    CONVERGE_DECL void begin(revision since, instant asked, instant present);
    CONVERGE_DECL void report(failure const& wrong, unsigned failures) const;

    client api_;
    leader_election how_;
    std::shared_ptr<leadership> term_;
    logger log_;
    election_metrics metrics_;
    /// What tells this replica, in this term, from all others.
    std::string mark_;
    std::string leader_;
    std::optional<tenure> tenure_;
    bool asked_ = false;
    bool taken_ = false;
    wake bell_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/manager/impl/elector.ipp>
#endif
