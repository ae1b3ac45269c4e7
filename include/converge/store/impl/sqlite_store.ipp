// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/sqlite_store.hpp>

#include <converge/store/detail/memory_watch.hpp>
#include <converge/store/detail/sqlite_state.hpp>

#include <utility>

namespace converge {

namespace detail {

[[nodiscard]] CONVERGE_DECL task<commit_outcome> commit_durably(sqlite_state& state,
                                                                transaction wanted)
{
    auto const entry = std::make_shared<journal_entry>();
    auto outcome = state.stage(wanted, entry);
    co_await commit_journal::settle(entry);
    co_return std::move(outcome);
}

[[nodiscard]] CONVERGE_DECL task<lease_id> grant_durably(sqlite_state& state, duration ttl,
                                                         instant now)
{
    auto const entry = std::make_shared<journal_entry>();
    auto const granted = state.grant(ttl, now, entry);
    co_await commit_journal::settle(entry);
    co_return granted;
}

[[nodiscard]] CONVERGE_DECL task<std::optional<instant>> housekeep_durably(sqlite_state& state,
                                                                           instant now)
{
    while (auto const ended = state.end_lease(now))
        co_await commit_journal::settle(ended);
    co_return state.age(now);
}

[[nodiscard]] CONVERGE_DECL task<> back_up(sqlite_state& state, std::string to)
{
    state.journal().expect_writable();
    auto const entry = std::make_shared<journal_entry>();
    entry->backup_to = std::move(to);
    state.journal().enqueue(entry);
    co_await commit_journal::settle(entry);
}

} // namespace detail

CONVERGE_DECL sqlite_store::sqlite_store(std::string const& file,
                                         std::vector<resource_type const*> kinds,
                                         sqlite_store_options options)
    : state_{std::make_unique<detail::sqlite_state>(file, std::move(kinds), std::move(options))}
{}

CONVERGE_DECL sqlite_store::~sqlite_store() = default;

CONVERGE_DECL task<commit_outcome> sqlite_store::commit(transaction wanted)
{
    return detail::commit_durably(*state_, std::move(wanted));
}

CONVERGE_DECL std::optional<stored> sqlite_store::get(std::string_view key) const
{
    return state_->memory().get(key, revision{});
}

CONVERGE_DECL std::optional<stored> sqlite_store::get(std::string_view key, revision at) const
{
    return state_->memory().get(key, at);
}

CONVERGE_DECL list_page sqlite_store::list(list_query query) const
{
    return state_->memory().list(query);
}

CONVERGE_DECL std::unique_ptr<watch_stream> sqlite_store::watch(watch_query query) const
{
    return std::make_unique<detail::memory_watch>(state_->memory(), std::move(query));
}

CONVERGE_DECL revision sqlite_store::newest() const { return state_->memory().newest(); }

CONVERGE_DECL task<lease_id> sqlite_store::grant_lease(duration ttl, instant now)
{
    return detail::grant_durably(*state_, ttl, now);
}

CONVERGE_DECL bool sqlite_store::renew_lease(lease_id lease, instant now)
{
    return state_->memory().renew_lease(lease, now);
}

CONVERGE_DECL task<std::optional<instant>> sqlite_store::housekeep(instant now)
{
    return detail::housekeep_durably(*state_, now);
}

CONVERGE_DECL void sqlite_store::compact(revision begin) { state_->compact(begin); }

CONVERGE_DECL task<> sqlite_store::backup(std::string to)
{
    return detail::back_up(*state_, std::move(to));
}

CONVERGE_DECL std::uint64_t sqlite_store::incarnation() const { return state_->incarnation(); }

CONVERGE_DECL store_stats sqlite_store::stats() const { return state_->memory().stats(); }

CONVERGE_DECL sqlite_store_health sqlite_store::health() const
{
    return state_->journal().health();
}

} // namespace converge
