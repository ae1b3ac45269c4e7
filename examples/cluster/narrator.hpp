// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/story_facts.hpp"

#include <converge/core/revision.hpp>
#include <converge/store/watch.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace cluster {

/// One step of the story that has happened.
struct story_step {
    /// As in the story: from 1 to 17.
    int number = 0;
    /// The revision that completed it, and all before it.
    converge::revision at{};
    /// Which component did it.
    std::string who{};
    std::string what{};
    /// Empty if the step speaks for itself.
    std::string why{};
};

/// Tells the story of a deployment from the changes of the store, each step when it has happened,
/// in their order. Steps that a story has no need for (there was room for all) are left out.
///
/// @par Complexity  A change costs as much as there are pods in the store, at most.
class narrator {
public:
    using listener = std::function<void(story_step const&)>;

    /// `tell` is called for each step, inside `hear` or `told_quiet`.
    narrator(story_subject about, listener tell) : facts_{std::move(about)}, tell_{std::move(tell)}
    {}

    /// Takes in one change. @pre Changes come in the order of the store, none left out.
    void hear(converge::store_event const& change);

    /// The last step: all others have happened, and nothing was written for `span`.
    void told_quiet(std::string span);

    [[nodiscard]] story_facts const& facts() const noexcept { return facts_; }
    /// The steps so far.
    [[nodiscard]] std::vector<story_step> const& steps() const noexcept { return steps_; }
    /// What is to happen next, as `9: the new machine is a Ready node`; empty at the end.
    [[nodiscard]] std::string next() const;
    /// Whether all up to and including that step were told or left out.
    [[nodiscard]] bool past(int number) const;

private:
    void report(story_step step);

    story_facts facts_;
    listener tell_;
    std::vector<story_step> steps_;
    std::size_t done_ = 0;
};

} // namespace cluster
