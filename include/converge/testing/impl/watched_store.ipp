// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/watched_store.hpp>

#include <vector>

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
    for (auto const& key : outcome.succeeded ? then : otherwise) {
        auto const held = in_.get(key);
        tell(key, held ? held->value : any_object{}, outcome.at);
    }
    return outcome;
}

CONVERGE_DECL std::optional<instant> watched_store::housekeep(instant now)
{
    auto const before = in_.newest();
    auto const next = in_.housekeep(now);
    if (in_.newest() == before)
        return next;
    // What hung on a lease that ended.
    std::vector<std::string> gone;
    for (auto const& [key, object] : objects_)
        if (!in_.get(key))
            gone.push_back(key);
    for (auto const& key : gone)
        tell(key, {}, in_.newest());
    return next;
}

CONVERGE_DECL void watched_store::tell(std::string const& key, any_object const& now, revision at)
{
    auto const held = objects_.find(key);
    auto const before = held == objects_.end() ? any_object{} : held->second;
    if (!before && !now)
        return;
    if (now)
        objects_.insert_or_assign(key, now);
    else
        objects_.erase(held);
    hear_(key, before, now, at);
}

} // namespace converge::testing::detail
