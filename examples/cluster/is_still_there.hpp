// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/client.hpp>

namespace cluster {

/// Whether the api, which a cache may be behind, still has this very object, and is to keep it. Ask
/// before something is made for it: what is made for one that is gone is an orphan at once.
template <class R>
[[nodiscard]] converge::task<bool> is_still_there(converge::client api, converge::object<R> of)
{
    auto const now = co_await api.find(of.key());
    co_return now != nullptr && now->metadata.uid == of.metadata.uid &&
        !now->metadata.being_deleted();
}

} // namespace cluster
