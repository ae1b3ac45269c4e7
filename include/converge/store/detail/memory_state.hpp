// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>
#include <converge/core/time.hpp>
#include <converge/store/detail/history_reader.hpp>
#include <converge/store/detail/key_range.hpp>
#include <converge/store/detail/lease_table.hpp>
#include <converge/store/detail/prepared_writes.hpp>
#include <converge/store/detail/versioned_map.hpp>
#include <converge/store/detail/watch_registry.hpp>
#include <converge/store/history_limits.hpp>
#include <converge/store/query.hpp>
#include <converge/store/store_stats.hpp>
#include <converge/store/transaction.hpp>
#include <converge/store/watch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
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

/// Versions and watchers that a write leaves behind, to be dealt with when the lock was given back.
struct after_effects {
    version_chain garbage;
    std::vector<std::shared_ptr<watcher>> woken;

    void notify() const
    {
        for (auto const& each : woken)
            each->changed.notify_one();
    }
};

/// The whole state of a store, behind its one lock. What the lock releases is destroyed, and who
/// waits is notified, after it was given back.
///
/// A commit is staged, then published. Conditions see what is staged; readers and watchers only
/// what is published. A store in memory does both at once, a durable one writes in between: then
/// nothing can be seen that a crash could take back, and the next commit need not wait for the
/// disk. What was staged and is never published is never seen.
class memory_state {
public:
    explicit memory_state(history_limits limits) : limits_{limits}
    {
        limits_.events = std::max<std::size_t>(limits_.events, 1);
    }

    commit_outcome commit(transaction wanted)
    {
        after_effects effects;
        auto const publish_it = [&](commit_outcome const& staged) { publish(staged.at, effects); };
        auto outcome = stage(wanted, {}, [](auto const&...) {}, publish_it);
        effects.notify();
        return outcome;
    }

    /// Does what `wanted` says, unseen so far. Under the lock it calls `note(node, version)` for
    /// each change, in order, then `done(outcome)`; what `note` was given stays in place until the
    /// change is published.
    template <class Note, class Done>
    commit_outcome stage(transaction& wanted, encoded_writes const& encoded, Note note, Done done)
    {
        refuse_duplicate_keys(wanted.then);
        refuse_duplicate_keys(wanted.otherwise);
        auto then = make_versions(wanted.then, encoded.then);
        auto otherwise = make_versions(wanted.otherwise, encoded.otherwise);
        commit_outcome outcome;
        outcome.entries.reserve(std::max(wanted.then.size(), wanted.otherwise.size()));
        std::lock_guard const lock{mutex_};
        map_.foresee();
        outcome.succeeded = std::all_of(wanted.conditions.begin(), wanted.conditions.end(),
                                        [this](compare const& each) { return holds(each); });
        auto& operations = outcome.succeeded ? wanted.then : wanted.otherwise;
        refuse_unknown_leases(operations);
        if (writes_something(operations))
            apply(operations, outcome.succeeded ? then : otherwise, outcome, note);
        else
            outcome.entries.resize(operations.size());
        outcome.at = map_.newest();
        done(std::as_const(outcome));
        return outcome;
    }

    /// Lets everybody see what was staged up to `to`. @pre The lock is held, by `done` of `stage`.
    CONVERGE_DECL void publish(revision to, after_effects& effects);

    /// The same, taking the lock. Calls `spent(garbage, begin of the window)` under it, so that
    /// what leaves the history is told of in that order.
    template <class Spent>
    void publish_locking(revision to, after_effects& effects, Spent spent)
    {
        std::lock_guard const lock{mutex_};
        publish(to, effects);
        spent(std::as_const(effects.garbage), map_.compacted());
    }

    [[nodiscard]] CONVERGE_DECL std::optional<stored> get(std::string_view key, revision at);

    [[nodiscard]] CONVERGE_DECL list_page list(list_query const& query);

    [[nodiscard]] CONVERGE_DECL revision newest();

    /// Calls `spent(garbage, begin of the window)` for each slice that it dropped, under the lock.
    template <class Spent>
    void compact(revision begin, Spent spent)
    {
        for (bool more = true; more;) {
            version_chain garbage;
            std::lock_guard const lock{mutex_};
            if (begin > published_)
                throw_future(begin, published_);
            map_.compact(begin);
            more = prunable() && map_.prune(slice, garbage);
            spent(std::as_const(garbage), map_.compacted());
        }
    }

    /// Calls `done(lease, newest staged revision)` under the lock.
    template <class Done>
    lease_id grant_lease(duration ttl, instant now, Done done)
    {
        if (ttl <= duration::zero())
            throw error{errc::invalid, "a lease needs a span above zero"};
        std::lock_guard const lock{mutex_};
        auto const granted = leases_.grant(ttl, now);
        done(granted, map_.newest());
        return granted;
    }

    CONVERGE_DECL bool renew_lease(lease_id lease, instant now);

    CONVERGE_DECL std::optional<instant> housekeep(instant now);

    /// Stages the end of the lease that ended first by `now`: calls `note` as `stage` does, then
    /// `done(lease, newest revision)`. @returns whether there was one.
    template <class Note, class Done>
    bool stage_ended_lease(instant now, Note note, Done done)
    {
        std::lock_guard const lock{mutex_};
        auto const ended = leases_.take_ended(now);
        if (!ended)
            return false;
        auto const at = map_.newest().next();
        std::uint32_t place = 0;
        for (auto const key : ended->keys) {
            auto tombstone = std::make_unique<version>();
            tombstone->place = place++;
            erase(key, tombstone, at, note);
        }
        done(ended->id, map_.newest());
        return true;
    }

    /// Tells the history what time it is. @returns when the next lease may end.
    template <class Spent>
    std::optional<instant> age(instant now, after_effects& effects, Spent spent)
    {
        std::lock_guard const lock{mutex_};
        grow_older(now, effects.garbage);
        spent(std::as_const(effects.garbage), map_.compacted());
        return leases_.next_end();
    }

    /// Takes over what another life of the store held: call in the order of revisions, then
    /// `restored`, all before anything else.
    void restore(std::string key, std::unique_ptr<version> one)
    {
        map_.restore(key, std::move(one));
    }
    void expect(std::size_t keys) { map_.expect(keys); }
    void restore_lease(lease_id id, duration ttl) { leases_.revive(id, ttl); }
    void restore_last_lease(lease_id id) { leases_.grant_after(id); }

    /// Ends the restoring. @returns what is not within the history that begins at `compacted`.
    CONVERGE_DECL version_chain restored(revision newest, revision compacted);

    CONVERGE_DECL void open(watcher& added);

    CONVERGE_DECL void close(watcher& removed);

    /// Moves a watcher on by at most one slice of the history. If there is nothing left it is
    /// armed before the lock is released, so no commit can pass unnoticed in between.
    [[nodiscard]] CONVERGE_DECL found pull(watcher& reader, watch_batch& batch);

    CONVERGE_DECL void disarm(watcher& waiting);

    [[nodiscard]] CONVERGE_DECL revision through(watcher const& of);

    [[nodiscard]] CONVERGE_DECL store_stats stats();

private:
    /// How many entries or changes one hold of the lock may pass: about 30 µs.
    static constexpr std::size_t slice = 256;
    static constexpr std::size_t slice_changes = 1024;
    /// How far beyond its limits the history may grow while a list holds a revision.
    static constexpr std::size_t pinned_growth = 2;

    /// How finely the history's age is measured: in parts of its limit.
    static constexpr int mark_count = 64;

    /// What was newest at a time.
    struct mark {
        instant at;
        revision newest;
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

    [[nodiscard]] CONVERGE_DECL bool holds(compare const& condition);

    CONVERGE_DECL void refuse_unknown_leases(std::vector<operation> const& operations) const;

    [[nodiscard]] CONVERGE_DECL bool writes_something(std::vector<operation> const& operations);

    template <class Note>
    void apply(std::vector<operation>& operations, version_chain& versions, commit_outcome& outcome,
               Note& note)
    {
        auto const at = map_.newest().next();
        for (auto& each : operations) {
            auto fresh = take_version(versions);
            outcome.entries.push_back(each.is_put() ? put(each, std::move(fresh), at, note)
                                                    : erase(each.key(), fresh, at, note));
        }
    }

    template <class Note>
    std::optional<stored> put(operation& write, std::unique_ptr<version> fresh, revision at,
                              Note& note)
    {
        write.value().metadata().resource_version = at;
        fresh->held.value = std::move(write.value()).freeze();
        auto& node = map_.put(write.key(), std::move(fresh), at);
        auto const& now = *node.second.newest;
        hang(node, now.held.lease);
        ++unpublished_;
        note(node, now);
        return now.held;
    }

    void hang(versioned_map::node& key, lease_id on)
    {
        if (key.second.lease == on)
            return;
        leases_.detach(key.second.lease, key.first);
        if (on != lease_id::none)
            leases_.attach(on, key.first);
        key.second.lease = on;
    }

    /// Leaves `tombstone` where it is if there is nothing to erase.
    template <class Note>
    std::optional<stored> erase(std::string_view key, std::unique_ptr<version>& tombstone,
                                revision at, Note& note)
    {
        auto* const node = map_.find(key);
        auto const* const now = versioned_map::live(node);
        if (!now)
            return std::nullopt;
        hang(*node, lease_id::none);
        map_.erase(*node, std::move(tombstone), at);
        ++unpublished_;
        note(std::as_const(*node), std::as_const(*node->second.newest));
        return now->held;
    }

    /// Whether the history is larger than `times` its limits.
    [[nodiscard]] bool over(std::size_t times) const noexcept
    {
        auto const& changes = map_.changes();
        bool const many = changes.size() > limits_.events * times;
        return map_.bytes() / times > limits_.bytes || (many && is_old(changes.front().at));
    }

    [[nodiscard]] bool is_old(revision at) const noexcept
    {
        return limits_.age <= duration::zero() || at <= aged_;
    }

    /// Whether history may be freed: a list that is under way keeps it, within a limit.
    [[nodiscard]] bool prunable() const noexcept { return pins_ == 0 || over(pinned_growth); }

    CONVERGE_DECL void grow_older(instant now, version_chain& garbage);

    /// Keeps the history within its limits; frees about as much as was just written.
    CONVERGE_DECL void trim(version_chain& garbage);

    /// The revision that `asked` means; zero is the newest.
    [[nodiscard]] CONVERGE_DECL revision readable(revision asked) const;

    [[nodiscard]] CONVERGE_DECL list_page list_one(list_query const& query);

    /// Adds the entries of one hold of the lock. @returns whether to go on.
    CONVERGE_DECL bool list_on(list_query const& query, list_cursor& place, list_page& page,
                               list_pin& pin);

    std::mutex mutex_;
    versioned_map map_;
    watch_registry watchers_;
    lease_table leases_;
    history_limits limits_;
    revision published_{};
    /// How many of the latest changes nobody may see yet.
    std::size_t unpublished_ = 0;
    std::deque<mark> marks_;
    /// Changes up to here are older than the limit.
    revision aged_{};
    std::size_t pins_ = 0;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/memory_state.ipp>
#endif
