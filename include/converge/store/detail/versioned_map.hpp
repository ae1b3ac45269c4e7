// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/prefetch.hpp>
#include <converge/core/revision.hpp>
#include <converge/store/detail/key_index.hpp>
#include <converge/store/detail/ordered_index.hpp>
#include <converge/store/transaction.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

/// What a key held from one revision on, and before that for as long as someone may read it.
/// `held.value` is empty where the key was erased.
struct version {
    stored held;
    /// About how much this version takes, and its place in its transaction: small, since there
    /// are more versions than anything else.
    std::uint32_t bytes = 0;
    std::uint32_t place = 0;
    std::unique_ptr<version> older;

    version() = default;
    version(version const&) = delete;
    version& operator=(version const&) = delete;
    void add_bytes(std::size_t more) noexcept
    {
        bytes = static_cast<std::uint32_t>(
            std::min<std::size_t>(bytes + more, std::numeric_limits<std::uint32_t>::max()));
    }
    /// A chain may be as long as the history: it must not be destroyed recursively.
    ~version()
    {
        while (older)
            older = std::move(older->older);
    }
};

/// Versions that nobody can reach any more, kept until the lock is released: destroying an
/// object is the user's code, and may be slow.
using version_chain = std::unique_ptr<version>;

/// Every key with its versions inside one window of history, and the changes of that window in
/// order. Not thread-safe.
///
/// The window begins at `compacted()`: the state at that revision is readable, and so is its
/// change. What left the window is freed a bounded number of changes at a time (`prune`).
class versioned_map {
public:
    struct entry {
        std::unique_ptr<version> newest;
        /// Of `newest`: here too, so that a write need not wait for what was written long ago.
        revision created;
        /// The version of `newest`; zero if the key holds nothing.
        std::uint64_t writes = 0;
        /// What the key hangs on, as the holder of the map says.
        lease_id lease = lease_id::none;
    };
    struct node {
        std::string_view first;
        entry second;
    };

    /// One change. The version before is `what->older` for as long as the change is here.
    struct change {
        revision at;
        node* of;
        version* what;
    };

    [[nodiscard]] revision newest() const noexcept { return newest_; }
    [[nodiscard]] revision compacted() const noexcept { return compacted_; }
    /// Up to here versions were freed; no later than `compacted()`.
    [[nodiscard]] revision pruned() const noexcept { return pruned_; }
    [[nodiscard]] std::deque<change> const& changes() const noexcept { return changes_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t live() const noexcept { return live_; }
    [[nodiscard]] std::size_t erased() const noexcept { return index_.size() - live_; }

    /// Constant on average.
    [[nodiscard]] node* find(std::string_view key) const noexcept { return index_.find(key); }

    /// What a node holds now; null if nothing.
    [[nodiscard]] static version* live(node* of) noexcept
    {
        auto* const now = of ? of->second.newest.get() : nullptr;
        return now && now->held.value ? now : nullptr;
    }

    /// What a node held at a revision; null if nothing. Linear in the later versions.
    [[nodiscard]] static version const* visible(node const& in, revision at) noexcept
    {
        auto const* const seen = seen_at(in, at);
        return seen && seen->held.value ? seen : nullptr;
    }

    /// The version, be it an erasure, that a node had at a revision; null if none yet.
    [[nodiscard]] static version const* seen_at(node const& in, revision at) noexcept
    {
        version const* seen = in.second.newest.get();
        while (seen && seen->held.modified > at)
            seen = seen->older.get();
        return seen;
    }

    /// Calls `visit(node)` for the keys from `start` on, in order, until it returns false.
    template <class Visitor>
    void walk(std::string_view start, bool exclusive, Visitor visit) const
    {
        order_.walk(start, exclusive, std::move(visit), fetch_ahead{});
    }

    /// The index in `changes()` of the first change later than `at`. Logarithmic in how many there
    /// are: most who ask know nearly all.
    [[nodiscard]] std::size_t first_change_after(revision at) const
    {
        auto end = changes_.size();
        std::size_t step = 1;
        while (step <= end && changes_[end - step].at > at) {
            end -= step;
            step *= 2;
        }
        auto const begin =
            changes_.begin() + static_cast<std::ptrdiff_t>(end - std::min(step, end));
        auto const found =
            std::upper_bound(begin, changes_.begin() + static_cast<std::ptrdiff_t>(end), at,
                             [](revision sought, change const& each) { return sought < each.at; });
        return static_cast<std::size_t>(found - changes_.begin());
    }

    /// Makes `fresh`, whose value is not empty, what `key` holds.
    node& put(std::string_view key, std::unique_ptr<version> fresh, revision at)
    {
        auto const [place, created] = index_.insert(key);
        if (created)
            order_.insert(*place);
        auto const& before = place->second;
        fresh->held.created = before.writes ? before.created : at;
        fresh->held.version = before.writes + 1;
        live_ += before.writes ? 0 : 1;
        append(*place, std::move(fresh), at);
        return *place;
    }

    /// Takes over what another life of this map held; call in the order of revisions, then
    /// `restored`. `one` says what was created and modified when.
    void restore(std::string_view key, std::unique_ptr<version> one)
    {
        auto const [place, created] = index_.insert(key);
        if (created)
            restored_.push_back(place);
        bool const lived = place->second.writes != 0;
        bool const lives = static_cast<bool>(one->held.value);
        live_ += static_cast<std::size_t>(lives) - static_cast<std::size_t>(lived);
        auto const at = one->held.modified;
        append(*place, std::move(one), at);
    }

    /// Ends the restoring: no revision up to `newest` will be given again. Calls `visit(node)` for
    /// every key, in no order.
    template <class Visitor>
    void restored(revision newest, Visitor visit)
    {
        newest_ = std::max(newest_, newest);
        // In the order in which they were made, which is how they lie in memory.
        for (auto* each : restored_)
            visit(*each);
        order_.assign(std::exchange(restored_, {}));
    }

    void expect(std::size_t keys)
    {
        index_.reserve(keys);
        restored_.reserve(keys);
    }

    /// Makes `tombstone`, whose value is empty, what a live node holds.
    void erase(node& of, std::unique_ptr<version> tombstone, revision at)
    {
        --live_;
        append(of, std::move(tombstone), at);
    }

    /// Moves the begin of the window, never back and never past the newest revision.
    void compact(revision begin) noexcept
    {
        compacted_ = std::max(compacted_, std::min(begin, newest_));
    }

    /// Drops at most `most` changes from before the window, and moves what only they could
    /// reach to `garbage`. @returns whether more is to be dropped.
    bool prune(std::size_t most, version_chain& garbage)
    {
        for (; !changes_.empty() && changes_.front().at < compacted_; --most) {
            if (most == 0)
                return true;
            auto const leaving = changes_.front();
            changes_.pop_front();
            bytes_ -= leaving.what->bytes;
            pruned_ = leaving.at;
            discard(std::move(leaving.what->older), garbage);
            if (!leaving.what->held.value && leaving.what == leaving.of->second.newest.get())
                remove(*leaving.of, garbage);
        }
        return false;
    }

    /// Has the processor fetch what the next few prunings will touch: a version that leaves the
    /// history was written long ago, and waiting for it and for its object, one after the other,
    /// would be half of what a write to a large store costs. Constant, without effect otherwise.
    [[gnu::always_inline]] void foresee() const noexcept
    {
        constexpr std::size_t ahead = 3;
        if (changes_.size() <= ahead)
            return;
        prefetch(changes_[ahead].what);
        prefetch(changes_[ahead - 1].what->older.get());
        if (auto const* const leaving = changes_[ahead - 2].what->older.get())
            leaving->held.value.foresee();
    }

private:
    /// What a walk will look at.
    struct fetch_ahead {
        [[gnu::always_inline]] void operator()(node const& later, node const& soon) const noexcept
        {
            prefetch(later.second.newest.get());
            if (auto const* const newest = soon.second.newest.get())
                newest->held.value.foresee();
        }
    };

    void append(node& to, std::unique_ptr<version> fresh, revision at)
    {
        fresh->held.modified = at;
        fresh->add_bytes(to.first.size() + sizeof(version) + sizeof(change));
        bytes_ += fresh->bytes;
        newest_ = at;
        changes_.push_back({at, &to, fresh.get()});
        fresh->older = std::move(to.second.newest);
        to.second.created = fresh->held.created;
        to.second.writes = fresh->held.value ? fresh->held.version : 0;
        to.second.newest = std::move(fresh);
    }

    /// @pre `one` has no older versions: its change left the window before.
    static void discard(std::unique_ptr<version> one, version_chain& garbage)
    {
        if (!one)
            return;
        one->older = std::move(garbage);
        garbage = std::move(one);
    }

    void remove(node& dead, version_chain& garbage)
    {
        order_.erase(dead);
        discard(std::move(dead.second.newest), garbage);
        index_.erase(dead);
    }

    key_index<node> index_;
    ordered_index<node> order_;
    std::vector<node*> restored_;
    std::deque<change> changes_;
    std::size_t bytes_ = 0;
    std::size_t live_ = 0;
    revision newest_{};
    revision compacted_{};
    revision pruned_{};
};

} // namespace converge::detail
