// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/transport.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/detail/object_cache.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>
#include <converge/core/revision.hpp>
#include <converge/observe/logger.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// One change that an informer tells of. An object that is deleted and created again within a
/// blind moment shows as one change with two uids.
struct object_change {
    any_object before;
    any_object after;
};

/// Keeps a cache of all objects of one kind, and tells subscribers of every change.
///
/// The cache changes first, then the subscribers hear of it, in the order of their
/// subscription, with nothing between; changes come in the order of revisions. A subscriber that
/// comes late hears of every object that is there as an addition, then of what follows. When the
/// watch falls out of the history window the informer lists again and tells the difference,
/// deletions with the last known state included. Nothing that fails ends it: it waits (with
/// backoff and jitter) and goes on, first with a watch from where it was, then with a list.
///
/// @par Threads  One strand.
class informer {
public:
    /// Must not throw.
    using subscriber = std::function<void(object_change const&)>;
    using index_function = detail::object_cache::index_function;

    informer(std::shared_ptr<transport> through, resource_type const& type, logger log = {})
        : through_{std::move(through)}, type_{&type}, log_{std::move(log)}, cache_{log_}
    {
    }
    informer(informer const&) = delete;
    informer& operator=(informer const&) = delete;

    [[nodiscard]] resource_type const& type() const noexcept { return *type_; }
    [[nodiscard]] detail::object_cache const& cache() const noexcept { return cache_; }
    [[nodiscard]] detail::object_cache& cache() noexcept { return cache_; }

    /// Whether the cache has held everything at some revision.
    [[nodiscard]] bool synced() const noexcept { return synced_; }
    /// The revision that the cache shows.
    [[nodiscard]] revision through() const noexcept { return shown_; }
    /// How often it had to list: once, plus once each time it could not resume the watch.
    [[nodiscard]] std::uint64_t lists() const noexcept { return lists_; }
    /// The revision of its newest list: changes up to it may have been undone unseen.
    [[nodiscard]] revision listed_at() const noexcept { return listed_at_; }
    /// Why it does not follow, or is not synced; without a code if it follows.
    [[nodiscard]] failure const& last_failure() const noexcept { return last_failure_; }

    /// Calls `hear` for every object that is there, then for every change. It must not destroy
    /// the informer, and lives as long as it.
    CONVERGE_DECL void subscribe(subscriber hear);

    /// Calls `hear` whenever the cache has moved to a newer revision, after the subscribers.
    void on_progress(std::function<void()> hear) { progress_.push_back(std::move(hear)); }

    /// Waits until `synced()`.
    [[nodiscard]] CONVERGE_DECL task<> wait_synced();

    /// Lists and watches until cancelled.
    [[nodiscard]] CONVERGE_DECL task<> run();

private:
    [[nodiscard]] CONVERGE_DECL task<> follow_until_failure();

    CONVERGE_DECL void replace_all(std::vector<any_object> const& items, revision at);

    CONVERGE_DECL void change(any_object const& now, any_object const& then);

    CONVERGE_DECL void show(revision at);

    /// Tells why it could not follow, `failures` times in a row.
    CONVERGE_DECL void report(unsigned failures) const;

    std::shared_ptr<transport> through_;
    resource_type const* type_;
    logger log_;
    detail::object_cache cache_;
    // Subscribing while a subscriber runs must not move it.
    std::deque<subscriber> subscribers_;
    std::vector<std::function<void()>> progress_;
    bool synced_ = false;
    revision shown_{};
    std::uint64_t lists_ = 0;
    revision listed_at_{};
    failure last_failure_;
    /// Whether the cache shows exactly `shown_`, and no watch from there has failed yet.
    bool resumable_ = false;
    /// Whether the last watch delivered anything.
    bool heard_ = false;
    wake moved_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/informer.ipp>
#endif
