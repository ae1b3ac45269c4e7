// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/client.hpp>

#include <chrono>

namespace cluster {

/// When to look again if a cache did not show what the api does: what it missed and what then goes
/// before it catches up it never shows, and nothing tells of it.
inline constexpr std::chrono::seconds cache_lag{10};

/// Whether the api, which a cache may be behind, still has this very object, and is to keep it. Ask
/// before something is made for it: what is made for one that is gone is an orphan at once.
template <class R>
[[nodiscard]] converge::task<bool> is_still_there(converge::client api, converge::object<R> of)
{
    auto const now = co_await api.find(of.key());
    co_return now != nullptr && now->metadata.uid == of.metadata.uid &&
        !now->metadata.being_deleted();
}

/// Whether that is also what is desired now. Ask before anything is destroyed because it is too
/// much, or made because it is too little: a cache may show a size of yesterday.
template <class R>
[[nodiscard]] converge::task<bool> is_desired_still(converge::client api, converge::object<R> of)
{
    auto const now = co_await api.find(of.key());
    co_return now != nullptr && now->metadata.uid == of.metadata.uid &&
        now->metadata.generation == of.metadata.generation && !now->metadata.being_deleted();
}

} // namespace cluster
