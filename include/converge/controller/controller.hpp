// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/change.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/controller/detail/reconciler_traits.hpp>
#include <converge/controller/detail/trigger.hpp>
#include <converge/controller/event_channel.hpp>
#include <converge/controller/fwd.hpp>
#include <converge/core/detail/expect_span.hpp>
#include <converge/core/time.hpp>
#include <converge/model/object.hpp>
#include <converge/work/backoff.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// A coroutine `task<outcome>(client, object<R>, view<K, Indexes...>...)`: moves one object a step towards
/// what is desired. `object_ptr<R>` instead of `object<R>` saves a copy. Each `view<K>` makes
/// the control plane cache kind `K`, with the indexes that it names; a kind or an index that is not
/// a parameter cannot be read from cache. `K` may be a projection: then only that part is cached.
template <class F, class R>
concept reconciler = detail::reconciler_for<F, R>;

/// The controller of a kind: a reconciler and what makes it run. A value: each member below
/// returns a changed copy; `run(api, controllers…)` sets it in motion.
///
/// The reconciler is called for every object at the start, then whenever one changes, at least
/// once after the last change. Never twice at once for one key. It sees the newest object that
/// the cache has, which includes everything that its own last call for that key wrote. (Except a
/// write whose answer was lost: errc::timed_out, errc::indeterminate, or cancelled with the call,
/// as by `time_limit`. The cache may show it later; so a call that fails by that is retried no
/// sooner than after half a second, or with the next change.) What it returns says when to call
/// it next; what it throws is retried with backoff, except `errc::terminal`, which waits for a
/// change; a conflict is retried at once, and is no attempt.
///
/// Map functions and predicates must not throw. One that does is logged and counted
/// (`converge_trigger_errors_total`); the predicate lets the change pass, the map function maps it
/// to nothing.
///
/// @par Example  examples/01_hello.cpp
template <class R>
class controller {
public:
    template <reconciler<R> F>
    controller(F reconcile)
    {
        using traits = detail::traits_of<F>;
        spec_.name = R::kind.singular();
        spec_.type = &type_of<R>();
        spec_.reads = traits::reads();
        spec_.declares = traits::declares();
        spec_.reconcile = traits::template erase<R>(std::move(reconcile));
    }

    /// Names the controller: in logs, metrics, events and field ownership. The kind's name in
    /// lower case unless set.
    [[nodiscard]] controller named(std::string name) const
    {
        return with([&](auto& spec) { spec.name = std::move(name); });
    }

    /// Runs an object also when one of kind `K` that it controls changes.
    template <resource K>
    [[nodiscard]] controller owns() const
    {
        return triggered_by(detail::owned_trigger<R, K>());
    }

    /// Runs those objects that `affected` names when an object of kind `K` changes. It is called
    /// as `affected(change<K>)`, or as `affected(object<K>)` for what was before and what is now,
    /// and returns `std::vector<key<R>>`.
    template <resource K, class F>
    [[nodiscard]] controller watches(F affected) const
    {
        return triggered_by(detail::watching_trigger<R, K>(std::move(affected)));
    }

    /// How the control plane caches kind `K`, which this controller reads or watches, for all its
    /// controllers: see `cache_options`.
    template <resource K>
    [[nodiscard]] controller caching(cache_options<K> const& how) const
    {
        auto const configure = [how](informer_set& caches) { caches.configure(how); };
        return with([&](auto& spec) { spec.configures.push_back(configure); });
    }

    /// Lets a change of the object itself pass only if `holds(change<R>)`; several must all
    /// hold. The first sight of an object and the start of its deletion always pass, so `before`
    /// and `after` are never null here.
    [[nodiscard]] controller when(std::function<bool(change<R> const&)> holds) const
    {
        auto const pass = [holds = std::move(holds)](object_change const& seen) {
            auto const typed = detail::typed_change<R>(seen);
            return typed.deletion_started() || holds(typed);
        };
        return with([&](auto& spec) { spec.predicates.push_back(pass); });
    }

    /// Runs an object when somebody sends its key into `channel`. Several channels add up.
    [[nodiscard]] controller triggered_by(event_channel<R> const& channel) const
    {
        return with([&](auto& spec) { spec.channels.push_back(channel.shared()); });
    }

    /// Runs an object also for what is added to `more` while the controller runs. Several sets add
    /// up.
    [[nodiscard]] controller triggered_by(watch_set<R> const& more) const
    {
        return with([&](auto& spec) { spec.late.push_back(more.shared()); });
    }

    /// Calls `task<std::vector<key<R>>> ask(client)` at the start and then each `period`, and runs what it
    /// names. A call that throws is logged and counted (`converge_trigger_errors_total`); one that takes
    /// longer than the period delays the next. @throws errc::invalid unless `period > 0`.
    template <class F>
    [[nodiscard]] controller polls(duration period, F ask) const
    {
        detail::expect_above_zero("polls", period,
                                  "it would ask without end; give the time from one call to the "
                                  "next, or send keys into an event_channel as they come");
        auto const keys = [ask = std::move(ask)](client api) {
            return untyped_later(ask(std::move(api)));
        };
        return with([&](auto& spec) { spec.polled.push_back({period, keys}); });
    }

    /// How urgent a change of an object is; higher runs first, and none waits for ever. Unless set,
    /// a change has priority 0, and what nobody has just changed, the objects that were there at
    /// the start and the resync, -100. A run that asks for another keeps its priority. If `urgency`
    /// throws, that is logged and counted (`converge_trigger_errors_total`), and the object has
    /// priority 0.
    [[nodiscard]] controller prioritized(std::function<int(object<R> const&)> urgency) const
    {
        auto const priority = [urgency = std::move(urgency)](any_object const& of) {
            return urgency(*of.template as<R>());
        };
        return with([&](auto& spec) { spec.priority = priority; });
    }

    /// Shares the workers between tenants: within one priority each has its turn, so that one with
    /// many objects delays another's single object by no more than one round. `tenant` says whose an
    /// object is, as a part of its key; `weight` how many runs a turn of the tenant has, 1 unless
    /// given. One that throws is logged and counted (`converge_trigger_errors_total`): the object
    /// then belongs to the tenant whose name is empty, and a tenant has weight 1. See
    /// `queue_options` for the bounds.
    [[nodiscard]] controller fair_by(std::function<std::string_view(object_key const&)> tenant,
                                     std::function<unsigned(std::string_view)> weight = {}) const
    {
        return with([&](auto& spec) {
            spec.sharing.tenant_of = tenant;
            spec.sharing.weight_of = weight;
        });
    }

    /// The same, with each namespace as a tenant.
    [[nodiscard]] controller fair_among_namespaces() const
    {
        return fair_by([](object_key const& id) { return std::string_view{id.namespace_}; });
    }

    /// Waits after a change of an object, or of what it owns or watches, until none followed for
    /// `quiet`, but never longer than `most` after the first: many changes make one run.
    [[nodiscard]] controller debounced(duration quiet, duration most) const
    {
        return with([&](auto& spec) { spec.debounced = detail::debounce{quiet, most}; });
    }

    /// Does not run an object again because of what its own last run wrote. A change is taken for
    /// that only if its revision is one that the run made, and the cache saw every revision up to
    /// it; never because of its time. Use it where a run does all that is to be done, and returns
    /// `again_in()` or `again()` if not: nothing else will wake it.
    [[nodiscard]] controller ignoring_own_writes() const
    {
        return with([](auto& spec) { spec.ignores_echoes = true; });
    }

    /// Slows down an object whose runs change it again and again, each woken by the change of the
    /// one before or of somebody who undoes it, with no new generation, after `runs` in a row; 64
    /// unless set, 0: never. The log names the fields that keep changing, and
    /// `converge_hot_loop_runs_total` counts. Pauses grow from 10 ms to 5 s.
    [[nodiscard]] controller hot_after(unsigned runs) const
    {
        return with([&](auto& spec) { spec.hot_after = runs; });
    }

    /// Runs up to `count` keys at a time; 1 unless set. @pre `count > 0`.
    [[nodiscard]] controller workers(unsigned count) const
    {
        return with([&](auto& spec) { spec.workers = count == 0 ? 1 : count; });
    }

    /// How long to wait after failures. @throws errc::invalid unless the initial and the longest
    /// delay are above zero.
    [[nodiscard]] controller backoff(backoff_policy policy) const
    {
        for (auto const each : {policy.initial, policy.max})
            detail::expect_above_zero("backoff", each,
                                      "what fails would be tried without a pause; give an initial "
                                      "and a longest delay, of 1 ms at least");
        return with([&](auto& spec) { spec.backoff = policy; });
    }

    /// How long to wait after the failure of `attempt` (0: the first), per key: for policies that
    /// `backoff` cannot say. Zero or below: no pause. If `after` throws, that is logged, and
    /// `backoff` decides.
    [[nodiscard]] controller
    retrying(std::function<duration(key<R> const&, unsigned attempt, failure const&)> after) const
    {
        auto const delay = [after = std::move(after)](object_key const& id, unsigned attempt,
                                                      failure const& why) {
            return after(key<R>{id}, attempt, why);
        };
        return with([&](auto& spec) { spec.delay = delay; });
    }

    /// Runs every object each `period`, changed or not; never unless set.
    /// @throws errc::invalid unless `period > 0`.
    [[nodiscard]] controller resync(duration period) const
    {
        detail::expect_above_zero("resync", period,
                                  "it would run every object without end; give the time from one "
                                  "resync to the next, or leave it out for none");
        return with([&](auto& spec) { spec.resync = period; });
    }

    /// Cancels a call that takes longer, and retries it as a failure (errc::timed_out); five minutes
    /// unless set. A call that catches the cancellation and goes on keeps its worker.
    /// @throws errc::invalid unless `limit > 0`.
    [[nodiscard]] controller time_limit(duration limit) const
    {
        detail::expect_above_zero("time_limit", limit,
                                  "no call could end within it; give a longer one, or say "
                                  "without_time_limit()");
        return with([&](auto& spec) { spec.time_limit = limit; });
    }

    /// Lets a call take as long as it takes.
    [[nodiscard]] controller without_time_limit() const
    {
        return with([](auto& spec) { spec.time_limit.reset(); });
    }

    /// Runs it on every replica, where otherwise controllers run only on the one that leads
    /// (`run_options::electing`): for work that all may do at once. Its writes are not fenced.
    [[nodiscard]] controller on_every_replica() const
    {
        return with([](auto& spec) { spec.leader_only = false; });
    }

    [[nodiscard]] detail::controller_spec const& spec() const noexcept { return spec_; }

private:
    [[nodiscard]] static task<std::vector<object_key>> untyped_later(task<std::vector<key<R>>> keys)
    {
        auto found = co_await std::move(keys);
        std::vector<object_key> due;
        detail::add_untyped<R>(std::move(found), due);
        co_return due;
    }

    template <class F>
    [[nodiscard]] controller with(F change_spec) const
    {
        controller other = *this;
        change_spec(other.spec_);
        return other;
    }

    [[nodiscard]] controller triggered_by(detail::trigger made) const
    {
        return with([&](auto& spec) { spec.triggers.push_back(std::move(made)); });
    }

    detail::controller_spec spec_;
};

} // namespace converge
