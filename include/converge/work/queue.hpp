// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/work/cause.hpp>
#include <converge/work/cause_set.hpp>
#include <converge/work/detail/due_heap.hpp>
#include <converge/work/detail/due_times.hpp>
#include <converge/work/detail/key_table.hpp>
#include <converge/work/detail/queue_entry.hpp>
#include <converge/work/detail/ready_levels.hpp>
#include <converge/work/detail/tenants.hpp>
#include <converge/work/key_status.hpp>
#include <converge/work/queue_options.hpp>
#include <converge/work/taken_key.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace converge {

/// Decides which key is processed next: a work queue without threads, waiting or clock.
///
/// A key is in one place at a time: *ready*, *delayed*, being *processed*, or absent. The owner
/// calls `add` for events, `take` for each free worker, and `done` when a worker has finished,
/// preceded by `forget` (success), `retry` (failure) or `add_at` (wants to run later). When `take`
/// returns nothing, there is nothing to do before `next_due()` or the next call of `add` or `done`.
///
/// Guarantees
/// - Q1 at most one waiting run per key, whatever is added how often.
/// - Q2 a key is never handed out while it is being processed.
/// - Q3 any number of adds while it is processed make exactly one more run, after `done`.
/// - Q4 first come, first served within a priority and tenant; tenants of a priority take turns;
///   higher priorities first, but for one take in `yield_every`, which goes to the priority that
///   has waited longest. A key whose priority is raised goes to the end of its new level;
///   delayed keys become ready in order of due time.
/// - Q5 merging keeps all causes, the highest priority and the earliest time; nothing is lowered
///   or put off, but by `delay_mode::replace`, and by a debounce within its limit.
/// - Q6 a key in process holds up no other key, marked again or not.
/// - Q7 `ready()` counts what could be taken, not what is delayed or processed.
/// - Q8 after `stop` all adds are refused and delayed keys are gone; ready ones are dropped or
///   drained as asked; what is being processed is finished by `done`. Then `idle()` holds.
/// - Q9 `forget` clears the count of attempts and nothing else.
///
/// @par Fairness  No priority and no tenant can starve another: `queue_options` has the bounds.
/// @par Attempts  The queue counts failed attempts per key. An attempt is a run whose backoff had
/// ended: a change that arrives during the backoff runs the key at once, and if that early run
/// fails before the deadline, the attempt count and the deadline stay as they were. So a burst of
/// changes neither lengthens the backoff nor postpones the retry.
/// @par Delays  A key has one time at most, whoever set it: `add_at`, `add_debounced` or `retry`.
/// Given for a key being processed, it counts after `done`. Of a key that is ready, or
/// was added during its run, a time changes nothing: cause and priority merge, and it stays ready.
/// @par Bounds  One entry per key that waits, is processed, or has failed and was not forgotten:
/// whoever drops a key for good calls `forget`. Adds are never refused for lack of room, because
/// keys are bounded by the objects that exist.
/// @par Threads  None; a queue belongs to one strand or thread.
/// @par Complexity  O(1) amortised for `add`, `take`, `done`, `forget`, and O(levels) where several
/// priorities are ready; O(log d) for whatever enters or leaves the d delayed keys. An unused queue
/// owns no memory. Memory is used again, not given back: with `take(now, into)`, a queue that has
/// seen its largest crowd does not allocate.
template <class Key, class Hash = std::hash<Key>>
class keyed_queue {
    using entry = detail::queue_entry<Key>;
    using place = detail::queue_place;
    using next = detail::queue_next;
    using due_times = detail::due_times;

public:
    using taken = taken_key<Key>;

    keyed_queue() = default;
    explicit keyed_queue(queue_options<Key> how) : ready_{how.yield_every}
    {
        if (how.tenant_of)
            tenants_ = std::make_unique<detail::tenants<Key>>(std::move(how));
    }
    /// Of a queue that was moved from, only assignment and destruction are defined.
    keyed_queue(keyed_queue&&) noexcept = default;
    keyed_queue& operator=(keyed_queue&&) noexcept = default;

    /// Makes `key` ready now: if delayed, its delay is over; if being processed, it runs once more
    /// after `done`.
    /// @returns whether this made a run: false if one was ready or marked already, or after `stop`.
    bool add(Key const& key, cause const& why, int priority = 0)
    {
        if (stopped_)
            return false;
        auto& at = entry_of(key);
        if (at.wanted_now()) {
            urge(at, why, priority);
            return false;
        }
        merge(at, why, priority);
        if (at.place == place::processing) {
            at.next_run = next::at_once;
            return true;
        }
        if (at.place == place::delayed)
            delayed_.remove(at);
        make_ready(at);
        return true;
    }

    /// Makes `key` ready at `due`. If it has a time already, `mode` says which of the two counts;
    /// causes and priority merge either way. Refused after `stop`.
    void add_at(Key const& key, cause const& why, instant due, int priority = 0,
                delay_mode mode = delay_mode::earliest)
    {
        if (stopped_)
            return;
        schedule(entry_of(key), why, priority, [&](due_times const* known) {
            return mode == delay_mode::replace ? detail::exactly(due)
                                               : detail::no_later(known, due);
        });
    }

    /// Makes `key` ready at the earliest of: `quiet` after the last such event; `most` after the
    /// first of them since the key was taken or its delay cancelled, so that no stream of events
    /// can hide them; the time that the key has from `add_at` or `retry`. Refused after `stop`.
    void add_debounced(Key const& key, cause const& why, instant now, duration quiet, duration most,
                       int priority = 0)
    {
        if (stopped_)
            return;
        schedule(entry_of(key), why, priority, [&](due_times const* known) {
            return detail::debounced(known, now, quiet, most);
        });
    }

    /// Records that the run of `key` failed at `now`, and schedules the next one.
    /// If its backoff had ended (or it had none), that was an attempt: the count rises by one and
    /// the next run is due after `delay`. If `now` is before the deadline of the last `retry`, an
    /// event had run the key early: the count stays, `delay` is ignored, and the run is due at
    /// that same deadline. Either way an `add` may run it sooner; the priority of the failed run
    /// is kept. Call between `take` and `done`. Refused after `stop`.
    void retry(Key const& key, cause const& why, instant now, duration delay)
    {
        if (stopped_)
            return;
        auto& at = entry_of(key);
        auto const priority = at.place == place::processing ? at.running_priority : 0;
        schedule_by(at, why, at.fail(now, delay), priority);
    }

    /// Success: the next failure is a first one. Does not touch a run that waits.
    void forget(Key const& key) { forget(entries_.find(key)); }
    /// The same for a key as `take` gave it.
    void forget(taken const& run) { forget(entries_.find(run.key, run.hash)); }

    /// The next ready key, which is being processed from now on; nothing if none is ready. Keys
    /// whose delay ended by `now` become ready first.
    [[nodiscard]] std::optional<taken> take(instant now)
    {
        std::optional<taken> next_key{std::in_place};
        if (!take(now, *next_key))
            next_key.reset();
        return next_key;
    }

    /// The same into `into`, whose memory is used again; false if no key is ready.
    [[nodiscard]] bool take(instant now, taken& into)
    {
        advance(now);
        if (ready_.empty())
            return false;
        auto& at = ready_.pop();
        entries_.expect(at);
        at.place = place::processing;
        at.next_run = next::nothing;
        at.running_priority = at.priority;
        ++processing_;
        into.key = at.key;
        into.causes = std::move(at.causes);
        at.causes = cause_set{};
        into.priority = at.priority;
        into.attempt = at.attempts;
        into.hash = at.hash;
        return true;
    }

    /// Ends the processing of `key`: it becomes ready if it was added meanwhile, delayed if it was
    /// scheduled, else absent. No effect if it is not being processed.
    void done(Key const& key) { done(entries_.find(key)); }
    void done(taken const& run) { done(entries_.find(run.key, run.hash)); }

    /// Calls `visit(hash, n)` for up to `most` keys that are probably taken next, n takes from now;
    /// `hash` as in `taken`. To fetch what they need.
    template <class Visit>
    void guess_next(unsigned most, Visit visit) const
    {
        if (!ready_.empty())
            ready_.guess_next(most, [&](entry const& at, unsigned n) { visit(at.hash, n); });
    }

    /// Makes the keys whose delay ended by `now` ready. `take` does this; call it to learn
    /// `ready()` without taking.
    void advance(instant now)
    {
        while (!delayed_.empty() && delayed_.top_due() <= now) {
            auto& at = delayed_.top();
            delayed_.remove(at);
            make_ready(at);
        }
    }

    /// Takes back the time that `key` has, whoever set it, and the causes of that run, also if the
    /// key is being processed. Attempts stay. Returns whether there was anything.
    bool cancel_delayed(Key const& key)
    {
        auto* const found = entries_.find(key);
        if (found == nullptr)
            return false;
        auto& at = *found;
        if (!at.wanted_later())
            return false;
        at.forget_run();
        if (at.place != place::delayed)
            return true;
        delayed_.remove(at);
        at.place = place::resting;
        release_if_unused(at);
        return true;
    }

    /// Refuses all later adds and drops what is delayed; see `stop_mode` for what is ready.
    /// Stopping a draining queue with `drop` ends the draining. O(keys).
    void stop(stop_mode mode = stop_mode::drop)
    {
        stopped_ = true;
        while (!delayed_.empty()) {
            auto& at = delayed_.top();
            delayed_.remove(at);
            drop(at);
        }
        if (mode == stop_mode::drop)
            while (!ready_.empty())
                drop(ready_.pop());
        entries_.for_each([mode](entry& at) {
            if (at.wanted_later() || (mode == stop_mode::drop && at.place == place::processing))
                at.forget_run();
        });
    }

    [[nodiscard]] bool stopped() const noexcept { return stopped_; }

    /// When the earliest delayed key becomes ready, possibly in the past; nothing if none is
    /// delayed. A time that waits for `done` is not counted.
    [[nodiscard]] std::optional<instant> next_due() const
    {
        return delayed_.empty() ? std::nullopt : std::optional{delayed_.top_due()};
    }

    [[nodiscard]] std::size_t ready() const noexcept { return ready_.size(); }
    [[nodiscard]] std::size_t delayed() const noexcept { return delayed_.size(); }
    [[nodiscard]] std::size_t processing() const noexcept { return processing_; }

    /// Nothing ready, delayed or being processed.
    [[nodiscard]] bool idle() const noexcept
    {
        return ready_.empty() && delayed_.empty() && processing_ == 0;
    }

    /// What is known of a key, for people: nothing should hang on it.
    [[nodiscard]] key_status status(Key const& key) const
    {
        auto const* const at = entries_.find(key);
        return at == nullptr ? key_status{} : detail::status_of(*at);
    }

    /// Failed attempts of `key` since it was last forgotten.
    [[nodiscard]] unsigned attempts(Key const& key) const
    {
        auto const* const at = entries_.find(key);
        return at == nullptr ? 0 : at->attempts;
    }

private:
    [[nodiscard]] entry& entry_of(Key const& key)
    {
        return entries_.obtain(key, [this](entry& made) {
            if (tenants_)
                made.of = &tenants_->enter(made.key);
        });
    }

    void forget(entry* at)
    {
        if (at == nullptr)
            return;
        at->attempts = 0;
        release_if_unused(*at);
    }

    void done(entry* found)
    {
        if (found == nullptr || found->place != place::processing)
            return;
        auto& at = *found;
        --processing_;
        at.place = place::resting;
        if (at.next_run == next::at_once)
            make_ready(at);
        else if (at.next_run == next::at_due)
            make_delayed(at, at.times);
        else
            release_if_unused(at);
    }

    // Into the run that waits, or a new one.
    void merge(entry& at, cause const& why, int priority)
    {
        at.priority = at.wanted_later() ? std::max(at.priority, priority) : priority;
        at.causes.add(why);
    }

    // @pre `at.wanted_now()`
    void urge(entry& at, cause const& why, int priority)
    {
        at.causes.add(why);
        if (priority <= at.priority)
            return;
        if (at.place == place::ready)
            ready_.remove(at);
        at.priority = priority;
        if (at.place == place::ready)
            ready_.push(at);
    }

    // `times_from` makes the new times of those known, or of null.
    template <class TimesFrom>
    void schedule(entry& at, cause const& why, int priority, TimesFrom times_from)
    {
        if (at.wanted_now()) {
            urge(at, why, priority);
            return;
        }
        due_times const times = times_from(at.wanted_later() ? &at.times : nullptr);
        merge(at, why, priority);
        if (at.place == place::resting) {
            make_delayed(at, times);
        } else if (at.place == place::delayed) {
            if (times.due != at.times.due)
                delayed_.move(at, times.due);
            at.times = times;
        } else {
            at.times = times;
            at.next_run = next::at_due;
        }
    }

    void schedule_by(entry& at, cause const& why, instant due, int priority)
    {
        schedule(at, why, priority,
                 [due](due_times const* known) { return detail::no_later(known, due); });
    }

    void make_ready(entry& at)
    {
        ready_.push(at);
        at.place = place::ready;
    }

    void make_delayed(entry& at, due_times times)
    {
        delayed_.push(at, times.due);
        at.place = place::delayed;
        at.times = times;
    }

    void drop(entry& at)
    {
        at.place = place::resting;
        at.forget_run();
        at.attempts = 0;
        release_if_unused(at);
    }

    void release_if_unused(entry& at)
    {
        if (at.place != place::resting || at.attempts != 0)
            return;
        if (at.of != nullptr)
            tenants_->leave(*std::exchange(at.of, nullptr));
        entries_.erase(at);
    }

    detail::key_table<Key, entry, Hash> entries_;
    detail::ready_levels<entry> ready_;
    detail::due_heap<entry> delayed_;
    std::unique_ptr<detail::tenants<Key>> tenants_;
    std::size_t processing_ = 0;
    bool stopped_ = false;
};

} // namespace converge
