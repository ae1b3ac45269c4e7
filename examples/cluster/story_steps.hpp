// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/story_facts.hpp"

#include <converge/core/revision.hpp>

#include <array>
#include <string>
#include <variant>

namespace cluster {

/// A step that cannot be told yet.
struct not_yet {};

/// A step that is no part of this story: there was no need for it.
struct left_out {};

/// What happened, who did it, and why, for people.
struct telling {
    /// Where the store says who it was (the manager of the fields, the component of an event),
    /// that one; else the component whose task it is.
    std::string who{};
    std::string what{};
    /// Empty if there is nothing to add.
    std::string why{};
    /// The revision that completed it.
    converge::revision at{};
};

using step_answer = std::variant<not_yet, left_out, telling>;

/// One numbered line of the story of a deployment.
struct step_rule {
    int number;
    /// What is to happen, in short.
    char const* title;
    /// Whether it holds. Once it holds or is left out, it is not asked again.
    step_answer (*answer)(story_facts const& facts);
};

/// The steps that objects tell of, in their order. The seventeenth, that nothing is written any
/// more, is in no object: see `narrator::told_quiet`.
[[nodiscard]] std::array<step_rule, 16> const& story_steps();

} // namespace cluster
