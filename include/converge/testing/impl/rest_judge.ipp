// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/rest_judge.hpp>

#include <converge/store/store_key.hpp>

#include <algorithm>

namespace converge::testing::detail {

CONVERGE_DECL rest_judge::place rest_judge::place_of(run_seen const& one)
{
    auto const& about = one.run->about;
    return {one.process, one.run->controller + " " + store_key(about.type(), about.key())};
}

CONVERGE_DECL void rest_judge::began(run_seen const& one)
{
    auto const where = place_of(one);
    if (!running_.insert(where).second)
        accuse("a key is in one worker at a time",
               *one.name + ": " + where.second + " is reconciled by two workers at once");
    failed_.erase(where);
    auto const& causes = one.run->causes;
    // Its own wish, or nobody's.
    bool const asked_for = causes.contains(cause_kind::requeue) ||
                           causes.contains(cause_kind::resync);
    if (!counting_ || asked_for || where.second.ends_with(" " + poisoned_))
        return;
    ++runs_[where];
    causes_[where] = causes.str();
}

CONVERGE_DECL void rest_judge::ended(run_seen const& one)
{
    auto const where = place_of(one);
    running_.erase(where);
    bool const failed = one.result == "failed" || one.result == "conflict" || one.result == "again";
    if (failed && !where.second.ends_with(" " + poisoned_))
        failed_.insert(where);
}

CONVERGE_DECL bool rest_judge::tries_again(snapshot const& at) const
{
    return std::ranges::any_of(failed_, [&at](place const& each) {
        return at.everything().contains(each.second.substr(each.second.rfind(' ') + 1));
    });
}

CONVERGE_DECL void rest_judge::died(std::uint32_t process)
{
    auto const its = [process](place const& each) { return each.first == process; };
    std::erase_if(running_, its);
    std::erase_if(failed_, its);
}

CONVERGE_DECL void rest_judge::rested(snapshot const& end)
{
    counting_ = true;
    std::set<std::string> lives;
    for (auto const& [key, object] : end.everything())
        lives.insert(object.metadata().uid.str());
    for (auto const& [key, object] : end.everything()) {
        auto const& owners = object.metadata().owner_references;
        bool const orphan = !owners.empty() && std::ranges::none_of(owners, [&](auto const& owner) {
            return lives.contains(owner.uid.str());
        });
        if (orphan)
            accuse("no orphans", to_string(object.ref()) + " is left, and its owner " +
                                     owners.front().kind + " " + owners.front().name + " (uid " +
                                     owners.front().uid.str() + ") is gone");
    }
}

CONVERGE_DECL void rest_judge::quiet(snapshot const&)
{
    counting_ = false;
    for (auto const& [where, times] : runs_)
        if (times > most_in_quiet_)
            accuse("nothing runs over and over while nothing changes",
                   where.second + " was reconciled " + std::to_string(times) +
                       " times in two quiet minutes; the last time because of: " + causes_[where]);
}

} // namespace converge::testing::detail
