// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/memory_store.hpp>

#include <converge/store/detail/memory_state.hpp>
#include <converge/store/detail/memory_watch.hpp>

#include <utility>

namespace converge {

CONVERGE_DECL memory_store::memory_store(memory_store_options options)
    : state_{std::make_unique<detail::memory_state>(options.history)},
      incarnation_{options.incarnation}
{
}

CONVERGE_DECL memory_store::~memory_store() = default;

CONVERGE_DECL commit_outcome memory_store::commit(transaction wanted)
{
    return state_->commit(std::move(wanted));
}

CONVERGE_DECL std::optional<stored> memory_store::get(std::string_view key) const
{
    return state_->get(key, revision{});
}

CONVERGE_DECL std::optional<stored> memory_store::get(std::string_view key, revision at) const
{
    return state_->get(key, at);
}

CONVERGE_DECL list_page memory_store::list(list_query query) const
{
    return state_->list(query);
}

CONVERGE_DECL std::unique_ptr<watch_stream> memory_store::watch(watch_query query) const
{
    return std::make_unique<detail::memory_watch>(*state_, std::move(query));
}

CONVERGE_DECL revision memory_store::newest() const
{
    return state_->newest();
}

CONVERGE_DECL lease_id memory_store::grant_lease(duration ttl, instant now)
{
    return state_->grant_lease(ttl, now, [](auto const&...) {});
}

CONVERGE_DECL bool memory_store::renew_lease(lease_id lease, instant now)
{
    return state_->renew_lease(lease, now);
}

CONVERGE_DECL std::optional<instant> memory_store::housekeep(instant now)
{
    return state_->housekeep(now);
}

CONVERGE_DECL void memory_store::compact(revision begin)
{
    state_->compact(begin, [](auto const&...) {});
}

CONVERGE_DECL store_stats memory_store::stats() const
{
    return state_->stats();
}

#if defined(CONVERGE_SEPARATE_COMPILATION)
template any_store::any_store(memory_store& target);
template any_store::any_store(std::shared_ptr<memory_store> target);
#endif

} // namespace converge
