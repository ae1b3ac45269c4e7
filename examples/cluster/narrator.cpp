// SPDX-License-Identifier: BSL-1.0
#include "cluster/narrator.hpp"

#include "cluster/story_steps.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace cluster {

namespace {

constexpr int last_step = 17;

} // namespace

void narrator::hear(converge::store_event const& change)
{
    facts_.note(change);
    auto const& rules = story_steps();
    while (done_ < rules.size()) {
        auto const& rule = rules[done_];
        auto const answer = rule.answer(facts_);
        if (std::holds_alternative<not_yet>(answer))
            return;
        ++done_;
        if (auto const* const told = std::get_if<telling>(&answer))
            report({rule.number, told->at, told->who, told->what, told->why});
    }
}

void narrator::told_quiet(std::string span)
{
    if (!past(last_step - 1) || past(last_step))
        return;
    ++done_;
    report({last_step, facts_.at(), "all",
            "the loops are quiet: nothing was written for " + std::move(span),
            "the actual state is the desired one"});
}

std::string narrator::next() const
{
    auto const& rules = story_steps();
    if (done_ < rules.size())
        return std::to_string(rules[done_].number) + ": " + rules[done_].title;
    return past(last_step) ? "" : std::to_string(last_step) + ": the loops go quiet";
}

bool narrator::past(int number) const { return done_ >= static_cast<std::size_t>(number); }

void narrator::report(story_step step)
{
    // What a step tells of may have been there before the step that it follows.
    if (!steps_.empty())
        step.at = std::max(step.at, steps_.back().at);
    steps_.push_back(std::move(step));
    tell_(steps_.back());
}

} // namespace cluster
