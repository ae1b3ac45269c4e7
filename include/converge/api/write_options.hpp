// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/fwd.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/core/uid.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace converge {

/// What happens to the objects that a removed one owns. Of foreground and orphan the last remove
/// wins, as long as the object is there; background does not take either back.
enum class propagation {
    /// They are removed after it.
    background,
    /// They are removed before it; it stays, marked, until they are gone.
    foreground,
    /// They stay, without an owner.
    orphan,
};

/// How a write shall be done. Everything has a default; setters chain.
class write_options {
public:
    write_options() {}

    /// Checks and answers as if it were done, and writes nothing.
    [[nodiscard]] write_options dry_run() &&
    {
        dry_run_ = true;
        return std::move(*this);
    }
    /// Takes fields over from other managers instead of failing with a conflict (apply only).
    [[nodiscard]] write_options forced() &&
    {
        forced_ = true;
        return std::move(*this);
    }
    /// The object goes when it was not renewed for this long (create only).
    [[nodiscard]] write_options expiring_after(duration ttl) &&
    {
        ttl_ = ttl;
        return std::move(*this);
    }
    [[nodiscard]] write_options propagating(propagation how) &&
    {
        propagation_ = how;
        return std::move(*this);
    }
    /// Only while this lease is held: else fails with errc::fenced. A dry run, and a write that
    /// changes nothing, do not ask. Offered by apis over a store; what reaches another server must
    /// refuse it with errc::unsupported, as a Kubernetes API server has no such transactions.
    [[nodiscard]] write_options fenced_by(std::shared_ptr<write_fence const> fence) &&
    {
        fence_ = std::move(fence);
        return std::move(*this);
    }
    /// Fails with a conflict if the object is another one of that name (remove only).
    [[nodiscard]] write_options only_uid(uid id) &&
    {
        uid_ = std::move(id);
        return std::move(*this);
    }
    /// Fails with a conflict if the object changed since (remove and renew only: other writes
    /// carry the revision in the object).
    [[nodiscard]] write_options only_revision(revision at) &&
    {
        revision_ = at;
        return std::move(*this);
    }
    /// Who writes, for field ownership and conflicts.
    [[nodiscard]] write_options as(std::string manager) &&
    {
        manager_ = std::move(manager);
        return std::move(*this);
    }

    [[nodiscard]] bool is_dry_run() const noexcept { return dry_run_; }
    [[nodiscard]] bool is_forced() const noexcept { return forced_; }
    [[nodiscard]] std::optional<duration> ttl() const noexcept { return ttl_; }
    [[nodiscard]] propagation how() const noexcept { return propagation_; }
    /// Null if there is none.
    [[nodiscard]] std::shared_ptr<write_fence const> const& fence() const noexcept
    {
        return fence_;
    }
    [[nodiscard]] uid const& expected_uid() const noexcept { return uid_; }
    [[nodiscard]] revision expected_revision() const noexcept { return revision_; }
    [[nodiscard]] std::string const& manager() const noexcept { return manager_; }

private:
    bool dry_run_ = false;
    bool forced_ = false;
    std::optional<duration> ttl_;
    propagation propagation_ = propagation::background;
    std::shared_ptr<write_fence const> fence_;
    uid uid_;
    revision revision_;
    std::string manager_;
};

} // namespace converge
