// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>
#include <converge/core/time.hpp>
#include <converge/store/detail/history_reader.hpp>
#include <converge/store/detail/key_range.hpp>
#include <converge/store/detail/lease_table.hpp>
#include <converge/store/detail/prepared_writes.hpp>
#include <converge/store/detail/versioned_map.hpp>
#include <converge/store/detail/watch_registry.hpp>
#include <converge/store/query.hpp>
#include <converge/store/transaction.hpp>
#include <converge/store/watch.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

/// What a look at the history found for a watcher.
enum class found { events, nothing_yet, nothing_here, closed };

/// The whole state of a `memory_store`, behind its one lock. What the lock releases is destroyed,
/// and who waits is notified, after it was given back.
class memory_state {
public:
    memory_state(std::size_t events_max, std::size_t bytes_max)
        : events_max_{std::max<std::size_t>(events_max, 1)},
          bytes_max_{bytes_max}
    {}

    commit_outcome commit(transaction wanted)
    {
        refuse_duplicate_keys(wanted.then);
        refuse_duplicate_keys(wanted.otherwise);
        auto then = make_versions(wanted.then);
        auto otherwise = make_versions(wanted.otherwise);
        commit_outcome outcome;
        outcome.entries.reserve(std::max(wanted.then.size(), wanted.otherwise.size()));
        after_effects effects;
        {
            std::lock_guard const lock{mutex_};
            outcome.succeeded = std::ranges::all_of(
                wanted.conditions, [this](compare const& each) { return holds(each); });
            auto& operations = outcome.succeeded ? wanted.then : wanted.otherwise;
            refuse_unknown_leases(operations);
            if (writes_something(operations))
                apply(operations, outcome.succeeded ? then : otherwise, outcome, effects);
            else
                outcome.entries.resize(operations.size());
            outcome.at = map_.newest();
        }
        effects.notify();
        return outcome;
    }

    [[nodiscard]] std::optional<stored> get(std::string_view key, revision at)
    {
        std::lock_guard const lock{mutex_};
        auto const then = readable(at);
        auto const* const node = map_.find(key);
        auto const* const seen = node ? versioned_map::visible(*node, then) : nullptr;
        return seen ? std::optional{seen->held} : std::nullopt;
    }

    [[nodiscard]] list_page list(list_query const& query)
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

    [[nodiscard]] revision newest()
    {
        std::lock_guard const lock{mutex_};
        return map_.newest();
    }

    void compact(revision begin)
    {
        for (bool more = true; more;) {
            version_chain garbage;
            std::lock_guard const lock{mutex_};
            if (begin > map_.newest())
                throw_future(begin, map_);
            map_.compact(begin);
            more = prunable() && map_.prune(slice, garbage);
        }
    }

    lease_id grant_lease(duration ttl, instant now)
    {
        if (ttl <= duration::zero())
            throw error{errc::invalid, "a lease needs a span above zero"};
        std::lock_guard const lock{mutex_};
        return leases_.grant(ttl, now);
    }

    bool renew_lease(lease_id lease, instant now)
    {
        std::lock_guard const lock{mutex_};
        return leases_.renew(lease, now);
    }

    std::optional<instant> expire_leases(instant now)
    {
        while (expire_one(now)) {
        }
        std::lock_guard const lock{mutex_};
        return leases_.next_end();
    }

    void open(watcher& added)
    {
        std::lock_guard const lock{mutex_};
        watchers_.join(added);
    }

    void close(watcher& removed)
    {
        {
            std::lock_guard const lock{mutex_};
            removed.closed = true;
            watchers_.leave(removed, map_.newest());
        }
        removed.changed.notify_one();
    }

    /// Moves a watcher on by at most one slice of the history. If there is nothing left it is
    /// armed before the lock is released, so no commit can pass unnoticed in between.
    [[nodiscard]] found pull(watcher& reader, watch_batch& batch)
    {
        std::lock_guard const lock{mutex_};
        if (reader.closed)
            return found::closed;
        watchers_.disarm(reader, map_.newest());
        if (reader.after.next() < map_.compacted())
            throw_gone(reader.after.next(), map_);
        reader.after = read_changes(map_, reader, slice_changes, batch);
        batch.through = reader.after;
        if (!batch.events.empty())
            return found::events;
        if (reader.after < map_.newest())
            return found::nothing_here;
        watchers_.arm(reader);
        return found::nothing_yet;
    }

    void disarm(watcher& waiting)
    {
        std::lock_guard const lock{mutex_};
        watchers_.disarm(waiting, map_.newest());
    }

    [[nodiscard]] revision through(watcher const& of)
    {
        std::lock_guard const lock{mutex_};
        return of.armed ? std::max(of.after, map_.newest()) : of.after;
    }

    /// Calls `look(map, watchers, leases)` under the lock.
    template <class Look>
    auto inspect(Look look)
    {
        std::lock_guard const lock{mutex_};
        return look(map_, watchers_, leases_);
    }

private:
    /// How many entries or changes one hold of the lock may pass: about 30 µs.
    static constexpr std::size_t slice = 256;
    static constexpr std::size_t slice_changes = 1024;
    /// How far beyond its limits the history may grow while a list holds a revision.
    static constexpr std::size_t pinned_growth = 2;

    /// What a write leaves to be done without the lock.
    struct after_effects {
        version_chain garbage;
        std::vector<std::shared_ptr<watcher>> woken;

        void notify() const
        {
            for (auto const& each : woken)
                each->changed.notify_one();
        }
    };

    /// Keeps the revision of a list that goes on after its first slice.
    class list_pin {
    public:
        explicit list_pin(memory_state& of) : state_{of} {}
        list_pin(list_pin const&) = delete;
        list_pin& operator=(list_pin const&) = delete;
        ~list_pin()
        {
            if (!held_)
                return;
            std::lock_guard const lock{state_.mutex_};
            --state_.pins_;
        }

        /// @pre The lock is held.
        void hold()
        {
            state_.pins_ += held_ ? 0 : 1;
            held_ = true;
        }
        [[nodiscard]] bool held() const noexcept { return held_; }

    private:
        memory_state& state_;
        bool held_ = false;
    };

    [[nodiscard]] bool holds(compare const& condition)
    {
        auto const* const now = versioned_map::live(map_.find(condition.key()));
        switch (condition.what()) {
        case compare::test::exists: return now != nullptr;
        case compare::test::absent: return now == nullptr;
        case compare::test::modified_at: return now && now->held.modified == condition.at();
        }
        return false;
    }

    void refuse_unknown_leases(std::vector<operation> const& operations) const
    {
        for (auto const& each : operations)
            if (each.lease() != lease_id::none && !leases_.contains(each.lease()))
                throw error{errc::not_found,
                            "\"" + each.key() + "\" cannot hang on lease " +
                                std::to_string(static_cast<std::uint64_t>(each.lease())) +
                                ": it was never granted or has ended; grant a new one"};
    }

    [[nodiscard]] bool writes_something(std::vector<operation> const& operations)
    {
        return std::ranges::any_of(operations, [this](operation const& each) {
            return each.is_put() || versioned_map::live(map_.find(each.key()));
        });
    }

    void apply(std::vector<operation>& operations, version_chain& versions, commit_outcome& outcome,
               after_effects& effects)
    {
        auto const at = map_.newest().next();
        for (auto& each : operations) {
            auto fresh = take_version(versions);
            outcome.entries.push_back(each.is_put() ? put(each, std::move(fresh), at, effects)
                                                    : erase(each.key(), fresh, at, effects));
        }
        trim(effects.garbage);
    }

    std::optional<stored> put(operation& write, std::unique_ptr<version> fresh, revision at,
                              after_effects& effects)
    {
        write.value().metadata().resource_version = at;
        fresh->held.value = std::move(write.value()).freeze();
        auto const& node = map_.put(write.key(), std::move(fresh), at);
        auto const& now = *node.second.newest;
        auto const before = now.older ? now.older->held.lease : lease_id::none;
        if (before != now.held.lease) {
            leases_.detach(before, node.first);
            if (now.held.lease != lease_id::none)
                leases_.attach(now.held.lease, node.first);
        }
        watchers_.collect(node.first, at, effects.woken);
        return now.held;
    }

    /// Leaves `tombstone` where it is if there is nothing to erase.
    std::optional<stored> erase(std::string_view key, std::unique_ptr<version>& tombstone,
                                revision at, after_effects& effects)
    {
        auto* const node = map_.find(key);
        auto const* const now = versioned_map::live(node);
        if (!now)
            return std::nullopt;
        leases_.detach(now->held.lease, node->first);
        map_.erase(*node, std::move(tombstone), at);
        watchers_.collect(node->first, at, effects.woken);
        return now->held;
    }

    bool expire_one(instant now)
    {
        after_effects effects;
        {
            std::lock_guard const lock{mutex_};
            auto const keys = leases_.take_ended(now);
            if (!keys)
                return false;
            auto const at = map_.newest().next();
            for (auto const key : *keys) {
                auto tombstone = std::make_unique<version>();
                erase(key, tombstone, at, effects);
            }
            trim(effects.garbage);
        }
        effects.notify();
        return true;
    }

    [[nodiscard]] bool over(std::size_t times) const noexcept
    {
        return map_.changes().size() > events_max_ * times || map_.bytes() / times > bytes_max_;
    }

    /// Whether history may be freed: a list that is under way keeps it, within a limit.
    [[nodiscard]] bool prunable() const noexcept { return pins_ == 0 || over(pinned_growth); }

    /// Keeps the history within its limits; frees about as much as was just written.
    void trim(version_chain& garbage)
    {
        if (!prunable())
            return;
        bool busy = map_.prune(slice, garbage);
        for (auto left = slice; !busy && left > 0 && over(1); --left) {
            auto const oldest = map_.changes().front().at;
            if (oldest == map_.newest())
                return;
            map_.compact(oldest.next());
            busy = map_.prune(slice, garbage);
        }
    }

    /// The revision that `asked` means; zero is the newest.
    [[nodiscard]] revision readable(revision asked) const
    {
        if (asked && asked < map_.compacted())
            throw_gone(asked, map_);
        if (asked > map_.newest())
            throw_future(asked, map_);
        return asked ? asked : map_.newest();
    }

    [[nodiscard]] list_page list_one(list_query const& query)
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

    /// Adds the entries of one hold of the lock. @returns whether to go on.
    bool list_on(list_query const& query, list_cursor& place, list_page& page, list_pin& pin)
    {
        page.entries.reserve(std::max(page.entries.size() + slice, page.entries.size() * 2));
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

    std::mutex mutex_;
    versioned_map map_;
    watch_registry watchers_;
    lease_table leases_;
    std::size_t const events_max_;
    std::size_t const bytes_max_;
    std::size_t pins_ = 0;
};

} // namespace converge::detail
