// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/async/time_service.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/controller/detail/echo_filter.hpp>
#include <converge/controller/detail/late_sources.hpp>
#include <converge/controller/detail/loop_metrics.hpp>
#include <converge/controller/detail/run_recorder.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/observe/logger.hpp>
#include <converge/work/queue.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace converge::detail {

/// What makes the keys of one controller due: changes that the caches show, and whatever else its
/// declaration names. Fills the queue and wakes who empties it.
class controller_intake {
public:
    using key_queue = keyed_queue<object_key>;

    controller_intake(controller_spec const& spec, informer_set& caches, logger const& log,
                      loop_metrics& metrics, run_recorder& recorder)
        : spec_{spec},
          caches_{caches},
          own_{caches.of(*spec.type)},
          needed_{own_},
          log_{log},
          metrics_{metrics},
          recorder_{recorder},
          queue_{guarded_sharing()},
          late_{caches, late_listener()}
    {}
    controller_intake(controller_intake const&) = delete;
    controller_intake& operator=(controller_intake const&) = delete;

    /// Who wants to hear of what the caches show.
    struct listener {
        /// After each step of any of them.
        std::function<void()> progressed;
        /// An object is another one than before, under the same name.
        std::function<void(object_key const&)> reborn;
        /// A cache is not needed any more.
        std::function<void(informer const&)> left;
    };

    /// Makes the caches that the controller needs exist, and hears of their changes from now on.
    /// @pre None runs yet.
    CONVERGE_DECL void connect(listener tell);

    /// Waits until all of them are synced.
    [[nodiscard]] CONVERGE_DECL task<> wait_synced();

    /// Hears from now on, until stopped, also of what is watched for a time.
    CONVERGE_DECL void follow_late();

    [[nodiscard]] informer const& own() const noexcept { return *own_; }
    /// All that the controller reads or hears of, its own kind first; what it hears of for a time
    /// as often as it does.
    [[nodiscard]] std::vector<std::shared_ptr<informer>> const& needed() const noexcept
    {
        return needed_;
    }
    [[nodiscard]] key_queue& queue() noexcept { return queue_; }
    [[nodiscard]] key_queue const& queue() const noexcept { return queue_; }
    [[nodiscard]] bool stopping() const noexcept { return stopping_; }

    CONVERGE_DECL void enqueue(object_key const& id, cause const& why, int priority = 0);

    /// A run of `id` begins.
    void began(object_key const& id)
    {
        if (spec_.ignores_echoes)
            echoes_.began(id);
    }
    /// It ended; the key stays in process until `finish`.
    void ended(object_key const& id, write_log const& writes)
    {
        if (spec_.ignores_echoes)
            echoes_.ended(id, writes);
    }
    /// Nothing holds the key up any more.
    CONVERGE_DECL void finish(object_key const& id);
    CONVERGE_DECL void finish(key_queue::taken const& run);

    /// Waits until a key may be ready, or all is to stop.
    [[nodiscard]] CONVERGE_DECL task<> wait_ready();
    /// Lets another worker look.
    void pass_on() { ready_.notify_one(); }

    /// Takes no new keys from now on.
    CONVERGE_DECL void stop();

    /// Waits until `due`, or all is to stop.
    [[nodiscard]] CONVERGE_DECL task<> rest_until(instant due);

    /// Makes every object due each `period`, until stopped.
    [[nodiscard]] CONVERGE_DECL task<> resync(duration period);
    /// Makes due what a channel names.
    [[nodiscard]] CONVERGE_DECL task<> listen(key_channel& on);
    /// Makes due what the user's function names, until stopped; then interrupt it, for it may be
    /// waiting for that function.
    [[nodiscard]] CONVERGE_DECL task<> poll(client api, polled_source const& from);

private:
    /// Wakes a worker, if one waits.
    void call()
    {
        if (idle_ != 0)
            ready_.notify_one();
    }

    CONVERGE_DECL void release_echoes(object_key const& id);

    CONVERGE_DECL void needs(resource_type const& type);
    /// As declared, with functions that do not throw: whoever adds a key calls them.
    [[nodiscard]] CONVERGE_DECL queue_options<object_key> guarded_sharing();
    [[nodiscard]] CONVERGE_DECL late_sources::listener late_listener();
    CONVERGE_DECL void needs_no_more(std::shared_ptr<informer> const& cache);

    /// Of a change that `from` shows.
    CONVERGE_DECL void enqueue_seen(informer const& from, object_key const& id, cause const& why,
                                    int priority);
    [[nodiscard]] CONVERGE_DECL int priority_of(any_object const& object);

    CONVERGE_DECL void on_own_change(object_change const& seen);
    /// Of a change that `cache` shows.
    CONVERGE_DECL void on_trigger(trigger const& from, informer const& cache,
                                  object_change const& seen, int priority);

    // Both call code of the user, whose exceptions end here: of a change that was seen nobody is
    // told again.
    [[nodiscard]] CONVERGE_DECL bool passes(predicate const& holds, object_change const& seen);
    [[nodiscard]] CONVERGE_DECL std::vector<object_key> keys_of(trigger const& from,
                                                                object_change const& seen);

    controller_spec const& spec_;
    informer_set& caches_;
    std::shared_ptr<informer> own_;
    std::vector<std::shared_ptr<informer>> needed_;
    std::vector<subscription> hears_;
    wake ready_;
    /// How many workers wait for it.
    unsigned idle_ = 0;
    wake stopped_;
    bool stopping_ = false;
    logger const& log_;
    loop_metrics& metrics_;
    run_recorder& recorder_;
    key_queue queue_;
    /// Null until the caches are synced.
    time_service const* clock_ = nullptr;
    listener tell_;
    std::vector<std::shared_ptr<key_mailbox>> mailboxes_;
    echo_filter echoes_;
    // Last: it hears of caches until it ends.
    late_sources late_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/controller_intake.ipp>
#endif
