// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>
#include <converge/store/detail/key_range.hpp>
#include <converge/store/detail/versioned_map.hpp>
#include <converge/store/detail/watch_registry.hpp>
#include <converge/store/query.hpp>
#include <converge/store/watch.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_set>

namespace converge::detail {

[[noreturn]] inline void throw_gone(revision at, versioned_map const& from)
{
    throw error{errc::gone, "revision " + to_string(at) +
                                " has left the history, which begins at " +
                                to_string(from.compacted()) + "; list again"};
}

[[noreturn]] inline void throw_future(revision at, revision newest)
{
    throw error{errc::future_revision, "revision " + to_string(at) +
                                           " is not there yet; the newest is " +
                                           to_string(newest)};
}

/// Where a list goes on.
struct list_cursor {
    std::string from;
    /// Whether `from` itself was passed.
    bool behind;

    explicit list_cursor(list_query const& query)
        : from{std::max(query.prefix, query.after)},
          behind{!query.after.empty() && from == query.after}
    {}
};

/// Adds to a page what the keys from `place` on held at `page.at`, passing at most `most` keys.
/// @returns whether to go on: neither the keys nor the page have ended.
inline bool read_entries(versioned_map const& from, list_query const& query, std::size_t most,
                         list_cursor& place, list_page& page)
{
    versioned_map::node const* passed = nullptr;
    versioned_map::node const* added = nullptr;
    bool unfinished = false;
    from.walk(place.from, place.behind, [&](versioned_map::node const& each) {
        if (!each.first.starts_with(query.prefix))
            return false;
        if (most-- == 0)
            return !(unfinished = true);
        passed = &each;
        auto const* const seen = versioned_map::visible(each, page.at);
        if (!seen)
            return true;
        if (query.limit != 0 && page.entries.size() == query.limit)
            return !(page.more = true);
        page.entries.push_back(seen->held);
        added = &each;
        return true;
    });
    if (added)
        page.last_key = added->first;
    if (unfinished) {
        place.from = passed->first;
        place.behind = true;
    }
    return unfinished;
}

[[nodiscard]] inline store_event event_of(versioned_map::change const& change,
                                          version const* before)
{
    return store_event{std::string{change.of->first}, change.what->held.value,
                       before ? before->held.value : any_object{}, change.at};
}

/// As `read_changes`, for a reader of states: of each key only the last of the changes that were
/// passed, against what the key held at `reader.after`.
[[nodiscard]] inline revision read_latest(versioned_map const& from, watcher const& reader,
                                          revision newest, std::size_t most, watch_batch& batch)
{
    auto const& changes = from.changes();
    auto const begin = from.first_change_after(reader.after);
    std::unordered_set<version const*> overtaken;
    std::size_t keys = 0;
    auto passed = reader.after;
    auto end = begin;
    for (; end < changes.size() && changes[end].at <= newest; ++end) {
        auto const& each = changes[end];
        bool const full = end - begin >= most || keys >= reader.batch_max;
        if (full && each.at != passed)
            break;
        passed = each.at;
        if (!selects(reader.prefix, each.of->first))
            continue;
        auto const* const before = each.what->older.get();
        if (before && before->held.modified > reader.after)
            overtaken.insert(before);
        else
            ++keys;
    }
    for (auto i = begin; i < end; ++i) {
        auto const& each = changes[i];
        if (!selects(reader.prefix, each.of->first) || overtaken.contains(each.what))
            continue;
        auto const* before = each.what->older.get();
        while (before && before->held.modified > reader.after)
            before = before->older.get();
        bool const came_and_went = !each.what->held.value && !(before && before->held.value);
        if (!came_and_went)
            batch.events.push_back(event_of(each, before));
    }
    return passed;
}

/// Adds to a batch the changes behind `reader.after`, up to `newest`, that are events for it, in
/// whole revisions, until the batch is full or `most` changes were passed.
/// @returns the revision passed last.
[[nodiscard]] inline revision read_changes(versioned_map const& from, watcher const& reader,
                                           revision newest, std::size_t most, watch_batch& batch)
{
    auto const& changes = from.changes();
    auto const begin = from.first_change_after(reader.after);
    // A restored store begins at a revision at which nothing changed.
    if (begin == changes.size() || changes[begin].at > newest)
        return std::max(reader.after, newest);
    if (reader.latest_only)
        return read_latest(from, reader, newest, most, batch);
    auto passed = reader.after;
    for (auto i = begin; i < changes.size() && changes[i].at <= newest; ++i) {
        auto const& each = changes[i];
        bool const full = i - begin >= most || batch.events.size() >= reader.batch_max;
        if (full && each.at != passed)
            break;
        passed = each.at;
        if (selects(reader.prefix, each.of->first))
            batch.events.push_back(event_of(each, each.what->older.get()));
    }
    return passed;
}

} // namespace converge::detail
