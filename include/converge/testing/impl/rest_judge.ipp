// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/rest_judge.hpp>

#include <converge/store/store_key.hpp>

#include <algorithm>
#include <utility>

namespace converge::testing::detail {

CONVERGE_DECL rest_judge::place rest_judge::place_of(run_seen const& one)
{
    auto const& about = one.run->about;
    return {one.process, one.run->controller + " " + store_key(about.type(), about.key())};
}

CONVERGE_DECL void rest_judge::began(run_seen const& one)
{
    auto const where = place_of(one);
    if (!running_.emplace(where, life_of(one)).second)
        accuse("a key is in one worker at a time",
               *one.name + ": " + where.second + " is reconciled by two workers at once");
    failed_.erase(where);
    auto const& causes = one.run->causes;
    // Its own wish, or nobody's.
    bool const asked_for =
        causes.contains(cause_kind::requeue) || causes.contains(cause_kind::resync);
    if (!counting_ || asked_for || excused_.contains(life_of(one)))
        return;
    ++runs_[where];
    causes_[where] = causes.str();
}

CONVERGE_DECL void rest_judge::ended(run_seen const& one)
{
    auto const where = place_of(one);
    running_.erase(where);
    if (one.result != "failed" && one.result != "conflict" && one.result != "again")
        return;
    auto const& about = one.run->about;
    failed_[where] = {store_key(about.type(), about.key()), life_of(one), std::string{one.result},
                      std::string{one.why}};
}

CONVERGE_DECL std::string rest_judge::under_way() const
{
    for (auto const& [where, life] : running_)
        if (!excused_.contains(life))
            return where.second + " is being reconciled";
    return {};
}

CONVERGE_DECL std::string rest_judge::tries_again(snapshot const& at) const
{
    for (auto const& [where, last] : failed_) {
        if (excused_.contains(last.uid) || !at.everything().contains(last.key))
            continue;
        auto text = where.second + " is to be tried again; the last result: " + last.result;
        return last.why.empty() ? text : text + ": " + last.why;
    }
    return {};
}

CONVERGE_DECL void rest_judge::died(std::uint32_t process)
{
    auto const its = [process](auto const& each) { return each.first.first == process; };
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
        // What cannot be removed stays.
        if (excused_.contains(object.metadata().uid.str()))
            continue;
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
