// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/watched_store.hpp>

#include <cstddef>

namespace converge::testing::detail {

CONVERGE_DECL commit_outcome watched_store::commit(transaction wanted)
{
    auto const keys_of = [](std::vector<operation> const& branch) {
        std::vector<std::string> keys;
        for (auto const& each : branch)
            keys.push_back(each.key());
        return keys;
    };
    auto const then = keys_of(wanted.then);
    auto const otherwise = keys_of(wanted.otherwise);
    auto const before = in_.newest();
    auto outcome = in_.commit(std::move(wanted));
    if (outcome.at == before)
        return outcome;
    changes made;
    for (auto const& key : outcome.succeeded ? then : otherwise) {
        auto const held = in_.get(key);
        made.emplace_back(key, held ? held->value : any_object{});
    }
    tell(std::move(made), outcome.at);
    return outcome;
}

CONVERGE_DECL std::optional<instant> watched_store::housekeep(instant now)
{
    auto const before = in_.newest();
    auto const next = in_.housekeep(now);
    auto const newest = in_.newest();
    if (newest == before)
        return next;
    // What hung on leases that ended: each of them took a revision of its own.
    changes gone;
    for (auto const& [key, object] : objects_)
        if (!in_.get(key))
            gone.emplace_back(key, any_object{});
    for (auto at = before.next(); at <= newest; at = at.next()) {
        changes now_gone;
        for (auto const& each : gone)
            if (objects_.contains(each.first) && !in_.get(each.first, at))
                now_gone.push_back(each);
        tell(std::move(now_gone), at);
    }
    return next;
}

CONVERGE_DECL void watched_store::tell(changes made, revision at)
{
    // Nobody is told before all of the revision is there.
    std::vector<any_object> held;
    for (auto const& [key, now] : made) {
        auto const found = objects_.find(key);
        held.push_back(found == objects_.end() ? any_object{} : found->second);
        if (now)
            objects_.insert_or_assign(key, now);
        else if (found != objects_.end())
            objects_.erase(found);
    }
    for (std::size_t i = 0; i != made.size(); ++i)
        if (held[i] || made[i].second)
            hear_(made[i].first, held[i], made[i].second, at);
}

} // namespace converge::testing::detail
