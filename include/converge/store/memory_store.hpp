// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/store/any_store.hpp>
#include <converge/store/history_limits.hpp>
#include <converge/store/query.hpp>
#include <converge/store/store_stats.hpp>
#include <converge/store/transaction.hpp>
#include <converge/store/watch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace converge {

namespace detail {

class memory_state;

} // namespace detail

/// How a `memory_store` is made.
struct memory_store_options {
    history_limits history;
    /// Tells this life of the store from others, for tokens that outlive it.
    std::uint64_t incarnation = 1;

    memory_store_options() = default;
};

/// A `store` in memory: it lives and ends with this object.
///
/// Objects are shared, never copied or encoded: what was put is what is read. One lock guards
/// all, held for less than a microsecond by most calls and for some tens by the longest; no code
/// of the user runs under it. A watch is a cursor over one shared history: a slow or abandoned
/// watcher costs the writers nothing and holds nothing.
///
/// The history is a window of the latest changes, bounded by `history_limits`. Inside the window
/// every past state can be read and every change be watched; outside, both fail with errc::gone.
/// The window grows to twice its bounds while a list is under way, and then fails that list.
///
/// A prefix that is empty or ends with '/' means everything beneath it, any other exactly that
/// key.
///
/// @par Threads   Every member may be called from any thread, and by coroutines on any executor.
/// @par Lifetime  Must outlive its watches and the tasks their `next` returned.
class memory_store {
public:
    memory_store() : memory_store{memory_store_options{}} {}
    CONVERGE_DECL explicit memory_store(memory_store_options options);
    CONVERGE_DECL ~memory_store();
    memory_store(memory_store const&) = delete;
    memory_store& operator=(memory_store const&) = delete;

    /// Does all of `wanted.then` if its conditions hold, else all of `wanted.otherwise`, in one
    /// step that nobody sees half of. Every object put gets the revision of the commit as its
    /// `resource_version`. A put moves the key to the lease that it names, or away from any.
    ///
    /// A condition that does not hold is not an error: see `commit_outcome::succeeded`. What
    /// writes nothing takes no revision.
    /// @throws errc::invalid if a branch writes a key twice; errc::not_found if a put of the
    ///         branch taken names no lease that is granted. Nothing was written then.
    /// @par Complexity  Constant for each operation on average, logarithmic where a key is new,
    ///                  and linear in the waiting watches that it wakes.
    CONVERGE_DECL commit_outcome commit(transaction wanted);

    /// What `key` holds now, if anything. Constant on average.
    [[nodiscard]] CONVERGE_DECL std::optional<stored> get(std::string_view key) const;

    /// What `key` held at a revision, if anything; zero is now.
    /// @throws errc::gone before the window, errc::future_revision after the newest.
    /// @par Complexity  Linear in the writes of `key` since then.
    [[nodiscard]] CONVERGE_DECL std::optional<stored> get(std::string_view key, revision at) const;

    /// The entries under a prefix, in key order: one snapshot, whatever is written meanwhile.
    /// The next page asks with the `at` of this one, after its `last_key`.
    /// @throws errc::gone if `query.at` is before the window, or the window moved too far while
    ///         this call ran; errc::future_revision if it is after the newest.
    /// @par Complexity  Linear in the keys passed, plus, for each, the writes since `at`. The
    ///                  lock is released after every 256 keys.
    [[nodiscard]] CONVERGE_DECL list_page list(list_query query) const;

    /// A cursor over the changes under a prefix after `query.after`; it delivers nothing from
    /// before, also if that revision is still to come. Never fails: a place outside the window
    /// fails in `next`.
    ///
    /// The stream may be destroyed at any time: a `next` that is under way then throws
    /// operation_aborted. While `next` waits the watch keeps up with the store even if nothing
    /// matches; it can fall out of the window only between two calls.
    [[nodiscard]] CONVERGE_DECL std::unique_ptr<watch_stream> watch(watch_query query) const;

    /// The revision of the newest commit; zero before the first.
    [[nodiscard]] CONVERGE_DECL revision newest() const;

    /// Grants a lease that ends at `now + ttl` unless it is renewed. Times are whatever monotonic
    /// clock the caller keeps: the same for all lease members. The smallest numbers come first.
    /// @throws errc::invalid if `ttl` is not above zero.
    CONVERGE_DECL lease_id grant_lease(duration ttl, instant now);

    /// Makes the lease end its span after `now`. Writes nothing.
    /// @returns false if there is no such lease or it has ended by `now`, though its keys may
    ///          stand until the next `housekeep`.
    [[nodiscard]] CONVERGE_DECL bool renew_lease(lease_id lease, instant now);

    /// Lets time pass. Erases what hangs on the leases that have ended by `now`, never before: one
    /// revision for each lease that has keys, those that ended first first. Forgets changes that
    /// became older than `history_limits::age`.
    /// @returns when the next lease ends unless renewed, if there is one.
    CONVERGE_DECL std::optional<instant> housekeep(instant now);

    /// Moves the beginning of the history window to `begin`: that state stays readable and its
    /// change watchable. No effect if the window begins later already.
    /// @throws errc::future_revision if `begin` is after the newest.
    /// @par Complexity  Linear in the changes dropped; the lock is released after every 256.
    CONVERGE_DECL void compact(revision begin);

    /// Told at creation; tokens that name another one are not of this store.
    [[nodiscard]] std::uint64_t incarnation() const noexcept { return incarnation_; }

    /// Constant.
    [[nodiscard]] CONVERGE_DECL store_stats stats() const;

private:
    std::unique_ptr<detail::memory_state> state_;
    std::uint64_t incarnation_;
};

static_assert(store<memory_store>);

#if defined(CONVERGE_SEPARATE_COMPILATION)
extern template any_store::any_store(memory_store& target);
extern template any_store::any_store(std::shared_ptr<memory_store> target);
#endif

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/memory_store.ipp>
#endif
