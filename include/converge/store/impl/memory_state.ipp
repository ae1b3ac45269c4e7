// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/detail/memory_state.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace converge::detail {

CONVERGE_DECL void memory_state::publish(revision to, after_effects& effects)
{
    auto const& changes = map_.changes();
    for (; unpublished_ > 0; --unpublished_) {
        auto const& each = changes[changes.size() - unpublished_];
        if (each.at > to)
            break;
        watchers_.collect(each.of->first, each.at, effects.woken);
    }
    published_ = std::max(published_, to);
    trim(effects.garbage);
}

CONVERGE_DECL std::optional<stored> memory_state::get(std::string_view key, revision at)
{
    std::lock_guard const lock{mutex_};
    auto const then = readable(at);
    auto const* const node = map_.find(key);
    auto const* const seen = node ? versioned_map::visible(*node, then) : nullptr;
    return seen ? std::optional{seen->held} : std::nullopt;
}

CONVERGE_DECL list_page memory_state::list(list_query const& query)
{
    if (is_one_key(query.prefix))
        return list_one(query);
    list_page page;
    list_cursor place{query};
    list_pin pin{*this};
    while (list_on(query, place, page, pin)) {
    }
    return page;
}

CONVERGE_DECL revision memory_state::newest()
{
    std::lock_guard const lock{mutex_};
    return published_;
}

CONVERGE_DECL bool memory_state::renew_lease(lease_id lease, instant now)
{
    std::lock_guard const lock{mutex_};
    return leases_.renew(lease, now);
}

CONVERGE_DECL std::optional<instant> memory_state::housekeep(instant now)
{
    for (bool more = true; more;) {
        after_effects effects;
        auto const publish_it = [&](lease_id, revision at) { publish(at, effects); };
        more = stage_ended_lease(now, [](auto const&...) {}, publish_it);
        effects.notify();
    }
    after_effects effects;
    return age(now, effects, [](auto const&...) {});
}

CONVERGE_DECL void memory_state::grow_older(instant now, version_chain& garbage)
{
    if (limits_.age <= duration::zero())
        return;
    if (marks_.empty() || now - marks_.back().at >= limits_.age / mark_count)
        marks_.push_back({now, published_});
    // The latest mark is younger than the limit, and ends this.
    for (; now - marks_.front().at >= limits_.age; marks_.pop_front())
        aged_ = marks_.front().newest;
    trim(garbage);
}

CONVERGE_DECL version_chain memory_state::restored(revision newest, revision compacted)
{
    map_.restored(newest, [this](versioned_map::node& each) {
        auto const lease = each.second.newest->held.lease;
        if (lease == lease_id::none || !each.second.newest->held.value)
            return;
        if (!leases_.contains(lease))
            throw error{errc::invalid, "\"" + std::string{each.first} + "\" hangs on lease " +
                                           std::to_string(static_cast<std::uint64_t>(lease)) +
                                           ", which is not in the file: somebody changed it"};
        hang(each, lease);
    });
    published_ = map_.newest();
    map_.compact(compacted);
    version_chain garbage;
    while (map_.prune(slice, garbage)) {
    }
    while (over(1) && map_.changes().front().at < published_)
        trim(garbage);
    return garbage;
}

CONVERGE_DECL void memory_state::open(watcher& added)
{
    std::lock_guard const lock{mutex_};
    watchers_.join(added);
}

CONVERGE_DECL void memory_state::close(watcher& removed)
{
    {
        std::lock_guard const lock{mutex_};
        removed.closed = true;
        watchers_.leave(removed, published_);
    }
    removed.changed.notify_one();
}

CONVERGE_DECL found memory_state::pull(watcher& reader, watch_batch& batch)
{
    std::lock_guard const lock{mutex_};
    if (reader.closed)
        return found::closed;
    watchers_.disarm(reader, published_);
    if (reader.after.next() < map_.compacted())
        throw_gone(reader.after.next(), map_);
    reader.after = read_changes(map_, reader, published_, slice_changes, batch);
    batch.through = reader.after;
    if (!batch.events.empty())
        return found::events;
    if (reader.after < published_)
        return found::nothing_here;
    watchers_.arm(reader);
    return found::nothing_yet;
}

CONVERGE_DECL void memory_state::disarm(watcher& waiting)
{
    std::lock_guard const lock{mutex_};
    watchers_.disarm(waiting, published_);
}

CONVERGE_DECL revision memory_state::through(watcher const& of)
{
    std::lock_guard const lock{mutex_};
    return of.armed ? std::max(of.after, published_) : of.after;
}

CONVERGE_DECL store_stats memory_state::stats()
{
    std::lock_guard const lock{mutex_};
    store_stats now;
    now.keys = map_.live();
    now.erased_keys = map_.erased();
    now.history_events = map_.changes().size();
    now.history_bytes = map_.bytes();
    now.newest = published_;
    now.compacted = map_.compacted();
    now.watches = watchers_.streams();
    now.waiting_watches = watchers_.armed();
    now.leases = leases_.size();
    return now;
}

CONVERGE_DECL bool memory_state::holds(compare const& condition)
{
    auto const* const now = versioned_map::live(map_.find(condition.key()));
    switch (condition.what()) {
    case compare::test::exists: return now != nullptr;
    case compare::test::absent: return now == nullptr;
    case compare::test::modified_at: return now && now->held.modified == condition.at();
    case compare::test::version_is: return now && now->held.version == condition.version();
    }
    return false;
}

CONVERGE_DECL void
memory_state::refuse_unknown_leases(std::vector<operation> const& operations) const
{
    for (auto const& each : operations)
        if (each.lease() != lease_id::none && !leases_.contains(each.lease()))
            throw error{errc::not_found,
                        "\"" + each.key() + "\" cannot hang on lease " +
                            std::to_string(static_cast<std::uint64_t>(each.lease())) +
                            ": it was never granted or has ended; grant a new one"};
}

CONVERGE_DECL bool memory_state::writes_something(std::vector<operation> const& operations)
{
    return std::any_of(operations.begin(), operations.end(), [this](operation const& each) {
        return each.is_put() || versioned_map::live(map_.find(each.key()));
    });
}

CONVERGE_DECL void memory_state::trim(version_chain& garbage)
{
    if (!prunable())
        return;
    bool busy = map_.prune(slice, garbage);
    for (auto left = slice; !busy && left > 0 && over(1); --left) {
        auto const oldest = map_.changes().front().at;
        if (oldest >= published_)
            return;
        map_.compact(oldest.next());
        busy = map_.prune(slice, garbage);
    }
}

CONVERGE_DECL revision memory_state::readable(revision asked) const
{
    if (asked && asked < map_.compacted())
        throw_gone(asked, map_);
    if (asked > published_)
        throw_future(asked, published_);
    return asked ? asked : published_;
}

CONVERGE_DECL list_page memory_state::list_one(list_query const& query)
{
    list_page page;
    std::lock_guard const lock{mutex_};
    page.at = readable(query.at);
    auto* const node = query.after < query.prefix ? map_.find(query.prefix) : nullptr;
    auto const* const seen = node ? versioned_map::visible(*node, page.at) : nullptr;
    if (seen) {
        page.entries.push_back(seen->held);
        page.last_key = query.prefix;
    }
    return page;
}

CONVERGE_DECL bool memory_state::list_on(list_query const& query, list_cursor& place,
                                         list_page& page, list_pin& pin)
{
    if (page.entries.capacity() < page.entries.size() + slice)
        page.entries.reserve(std::max(page.entries.size() + slice, page.entries.capacity() * 2));
    std::lock_guard const lock{mutex_};
    if (!pin.held()) {
        page.at = readable(query.at);
    } else if (page.at < map_.pruned()) {
        throw_gone(page.at, map_);
    }
    if (!read_entries(map_, query, slice, place, page))
        return false;
    pin.hold();
    return true;
}

} // namespace converge::detail
