// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/deeds_judge.hpp>

#include <converge/model/owner_references.hpp>

#include <algorithm>
#include <string_view>

namespace converge::testing::detail {

inline constexpr std::string_view removal_oracle =
    "removes only what some version of the owner allows";
inline constexpr std::string_view bound_oracle = "no more children than were ever asked for";

[[nodiscard]] inline std::string const& life_of(any_object const& of)
{
    return of.metadata().uid.str();
}

CONVERGE_DECL void deeds_judge::wrote(write_seen const& one)
{
    auto const* const type = &one.object().type();
    for (auto& rule : allowed_)
        if (one.after && rule.owner == type)
            rule.versions[life_of(one.after)].push_back(one.after);
    for (auto& each : bounds_)
        check_bound(each, one);
    if (!one.judged || !one.before)
        return;
    check_ownership(one);
    if (!one.after || one.marks_deletion())
        check_removals(one);
}

CONVERGE_DECL void deeds_judge::check_ownership(write_seen const& one)
{
    if (!one.origin || shared_.contains(&one.object().type()))
        return;
    auto const& reconciled = one.origin->about;
    auto const& life = reconciled.metadata().uid;
    auto const& touched = one.before.metadata();
    if (touched.uid == life)
        return;
    auto const* const deed = !one.after             ? " removes "
                             : one.marks_deletion() ? " removes "
                                                    : " changes ";
    auto const saying = one.doer() + ", reconciling " + to_string(reconciled.ref()) + " (uid " +
                        life.str() + ")," + deed + one.name() + " (uid " + touched.uid.str() + ")";
    if (one.before.type().collection == reconciled.type().collection &&
        one.before.key() == reconciled.key()) {
        accuse("touches only what is its own",
               saying + ", which is another object of that name: give the uid as a precondition");
        return;
    }
    auto const* const owner = controller_of(touched);
    if (owner == nullptr || is_owned_by(touched, life))
        return;
    accuse("touches only what is its own", saying + ", which belongs to " + owner->kind + " " +
                                               owner->name + " (uid " + owner->uid.str() + ")");
}

CONVERGE_DECL void deeds_judge::check_removals(write_seen const& one)
{
    // What was marked before goes by itself.
    if (!one.after && one.before.metadata().being_deleted())
        return;
    for (auto const& rule : allowed_)
        if (rule.child == &one.before.type())
            check_removal(rule, one);
}

CONVERGE_DECL void deeds_judge::check_removal(permission const& rule, write_seen const& one)
{
    for (auto const& owner : one.before.metadata().owner_references) {
        // An owner of another kind is none of this rule's.
        auto const known = rule.versions.find(owner.uid.str());
        if (known == rule.versions.end())
            continue;
        bool allowed = true;
        ask(removal_oracle, one.before, [&] {
            allowed = std::ranges::any_of(known->second, [&](any_object const& version) {
                return version.metadata().being_deleted() || rule.allowed(version, one.before);
            });
        });
        if (!allowed)
            accuse(removal_oracle, one.doer() + " removes " + one.name() +
                                       ", and no version of its owner " + owner.kind + " " +
                                       owner.name + " (uid " + owner.uid.str() + ") allows that");
    }
}

CONVERGE_DECL void deeds_judge::check_bound(bound& of, write_seen const& one)
{
    if (of.owner == &one.object().type() && one.after) {
        auto& most = of.most[life_of(one.after)];
        ask(bound_oracle, one.after, [&] { most = std::max(most, of.asked(one.after)); });
    }
    if (of.child != &one.object().type())
        return;
    bool const lives = one.after && !one.after.metadata().being_deleted();
    if (one.before)
        for (auto const& owner : one.before.metadata().owner_references)
            if (!lives || !is_owned_by(one.after.metadata(), owner.uid))
                of.living[owner.uid.str()].erase(one.key);
    if (!lives)
        return;
    for (auto const& owner : one.after.metadata().owner_references) {
        auto const most = of.most.find(owner.uid.str());
        if (most == of.most.end())
            continue;
        auto& living = of.living[owner.uid.str()];
        if (!living.insert(one.key).second || living.size() <= most->second + of.surge)
            continue;
        accuse(bound_oracle,
               one.doer() + (one.before ? " takes " : " creates ") + one.name() + ": " +
                   owner.kind + " " + owner.name + " has " + std::to_string(living.size()) +
                   " of them, and never asked for more than " + std::to_string(most->second) +
                   (of.surge == 0 ? "" : " and " + std::to_string(of.surge) + " in passing"));
    }
}

} // namespace converge::testing::detail
