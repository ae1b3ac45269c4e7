// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/control_context.hpp>
#include <converge/manager/health.hpp>
#include <converge/manager/leader_election.hpp>

#include <optional>
#include <utility>

namespace converge {

/// How a control plane runs. Everything has a default; setters chain:
/// `run_options{}.electing(leader_election{"sites"}).reporting_to(health)`.
class run_options {
public:
    run_options() = default;
    run_options(control_context context) : context_{std::move(context)} {}

    /// The controllers run only while this replica leads, but for those that are
    /// `on_every_replica`, and what they write is fenced. Without it there is no election: the
    /// control plane takes itself for the only one.
    [[nodiscard]] run_options electing(leader_election how) &&
    {
        election_ = std::move(how);
        return std::move(*this);
    }
    /// Whom to tell whether it lives and is ready.
    [[nodiscard]] run_options reporting_to(health target) &&
    {
        health_ = std::move(target);
        return std::move(*this);
    }

    [[nodiscard]] control_context const& context() const noexcept { return context_; }
    [[nodiscard]] std::optional<leader_election> const& election() const noexcept
    {
        return election_;
    }
    [[nodiscard]] std::optional<converge::health> const& reports() const noexcept
    {
        return health_;
    }

private:
    control_context context_;
    std::optional<leader_election> election_;
    std::optional<converge::health> health_;
};

} // namespace converge
