// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/transport.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/cache_options.hpp>
#include <converge/client/detail/informer_metrics.hpp>
#include <converge/client/detail/object_cache.hpp>
#include <converge/client/detail/subscriber_list.hpp>
#include <converge/client/object_change.hpp>
#include <converge/client/subscription.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/observe/logger.hpp>
#include <converge/observe/metrics_registry.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace converge {

/// Keeps a cache of all objects of one kind, and tells subscribers of every change.
///
/// - Each key goes through states that it had in the store, in their order; some may be left out
///   (what a list overtook). All changes come in the order of revisions.
/// - The cache changes first, and its indexes: what one batch of a watch brings, which is always
///   whole revisions, or one list, is shown at once to all readers. Then the subscribers hear of
///   each change, in the order of their subscription, with nothing between; then those of progress.
/// - A subscriber that comes late hears of every object that is there as an addition, then of
///   every later change.
/// - `synced` is said after every subscriber has heard of everything that the first list brought.
/// - When the watch breaks, or says nothing for too long, another is begun where it was. When that
///   place has left the history window the informer lists again and tells the difference: what is
///   gone meanwhile with the last known state, which is marked as such. An object that was deleted
///   and created again is one change with two uids.
/// - Nothing that fails ends it: it waits (with backoff and jitter) and goes on; `last_failure`
///   says why it does not.
///
/// Of a projection (`using projection_of = pod;`) it follows the whole kind, and caches the part.
/// Today each object is decoded, or shared by a transport within the process, as a whole, then
/// copied in part; what a transport over JSON decodes to is freed at once.
///
/// @par Threads  One strand, but for `shared_cache`.
class informer {
public:
    /// Must not throw.
    using subscriber = std::function<void(object_change const&)>;

    CONVERGE_DECL informer(std::shared_ptr<transport> through, resource_type const& type,
                           logger log = {}, detail::cache_rules rules = {});
    informer(informer const&) = delete;
    informer& operator=(informer const&) = delete;

    [[nodiscard]] resource_type const& type() const noexcept { return *type_; }
    [[nodiscard]] detail::object_cache const& cache() const noexcept { return *cache_; }
    [[nodiscard]] detail::object_cache& cache() noexcept { return *cache_; }
    /// For snapshots, which may outlive this. @par Threads  Any.
    [[nodiscard]] std::shared_ptr<detail::object_cache const> shared_cache() const noexcept
    {
        return cache_;
    }

    /// Whether the cache has held everything at some revision, and every subscriber heard of it.
    [[nodiscard]] bool synced() const noexcept { return synced_; }
    /// The revision that the cache shows.
    [[nodiscard]] revision through() const noexcept { return shown_; }
    /// How often it had to list: once, plus once each time it could not resume the watch.
    [[nodiscard]] std::uint64_t lists() const noexcept { return lists_; }
    /// The revision of its newest list: changes up to it may have been undone unseen.
    [[nodiscard]] revision listed_at() const noexcept { return listed_at_; }
    /// How often a watch said nothing for too long.
    [[nodiscard]] std::uint64_t silences() const noexcept { return silences_; }
    /// Why it does not follow, or is not synced; without a code if it follows.
    [[nodiscard]] failure const& last_failure() const noexcept { return last_failure_; }

    /// Calls `hear` for every object that is there, before this returns, then for every change
    /// until the subscription ends. It must not destroy the informer. It may subscribe others,
    /// which do not hear of the batch in hand (they are told of its outcome as additions), and end
    /// any subscription, its own included.
    [[nodiscard]] CONVERGE_DECL subscription subscribe(subscriber hear);

    /// Calls `hear`, which must not throw, whenever the cache has moved to a newer revision, after
    /// the subscribers, until the subscription ends. The rest is as for those.
    [[nodiscard]] CONVERGE_DECL subscription on_progress(std::function<void()> hear);

    /// Waits until `synced()`. Who wants to wait no longer than so long awaits
    /// `deadline(wait_synced(), limit)`, and finds the cause in `last_failure`.
    [[nodiscard]] CONVERGE_DECL task<> wait_synced();

    /// Lists and watches until cancelled; may then be called again, and goes on where it was.
    /// @throws errc::invalid if it runs already: two would fill one cache.
    [[nodiscard]] CONVERGE_DECL task<> run();

    /// @pre It does not run yet.
    void configure(detail::cache_rules rules) { rules_ = std::move(rules); }
    /// Tells of itself in `registry`, labelled with its kind, and its struct if that is a
    /// projection.
    CONVERGE_DECL void measured_by(metrics_registry& registry);
    /// Takes back what it told there of a cache that will not be read any more, and tells nothing
    /// more.
    CONVERGE_DECL void retire();

private:
    class running;
    class watching;

    /// Whether it runs, which watch is open, and since when that has said nothing. Shared with the coroutine that
    /// follows it, which a context may destroy later than this.
    struct open_watch {
        bool running = false;
        watch_stream const* stream = nullptr;
        instant silent_since{};
    };

    [[nodiscard]] CONVERGE_DECL task<> follow();
    [[nodiscard]] CONVERGE_DECL task<> follow_until_failure();
    /// Returns once a watch has said nothing for too long.
    [[nodiscard]] CONVERGE_DECL task<> notice_silence(duration limit);

    CONVERGE_DECL void take_list(std::vector<any_object> items, revision at);
    CONVERGE_DECL void take_batch(watch_batch const& batch);
    /// What the cache holds instead of `whole`.
    [[nodiscard]] CONVERGE_DECL any_object cached(any_object const& whole) const;
    [[nodiscard]] CONVERGE_DECL draft_object copied(any_object const& whole) const;
    CONVERGE_DECL void transform(draft_object& draft, any_object const& whole) const;
    /// Shows the batch to everyone, in the order that the class promises.
    CONVERGE_DECL void show(revision at, bool listed);
    CONVERGE_DECL void tell(bool listed);

    /// Tells why it could not follow, `failures` times in a row.
    CONVERGE_DECL void report(unsigned failures) const;

    std::shared_ptr<transport> through_;
    resource_type const* type_;
    /// What is asked for.
    resource_type const* source_;
    logger log_;
    detail::cache_rules rules_;
    std::shared_ptr<detail::object_cache> cache_;
    std::shared_ptr<detail::subscriber_list<object_change>> subscribers_;
    std::shared_ptr<detail::subscriber_list<>> progress_;
    bool synced_ = false;
    revision shown_{};
    std::uint64_t lists_ = 0;
    revision listed_at_{};
    std::uint64_t silences_ = 0;
    failure last_failure_;
    /// Whether the cache shows exactly `shown_`, and no watch from there has failed yet.
    bool resumable_ = false;
    /// Whether the last watch delivered anything.
    bool heard_ = false;
    std::shared_ptr<open_watch> open_ = std::make_shared<open_watch>();
    detail::informer_metrics metrics_;
    wake moved_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/informer.ipp>
#endif
