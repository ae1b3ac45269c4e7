// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/controller_intake.hpp>

#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/core/detail/caught.hpp>
#include <converge/work/detail/saturating.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace converge::detail {

/// The priority of what nobody has changed: somebody waits for the rest.
inline constexpr int background = -100;

/// Whether more of the kind may be about to follow.
[[nodiscard]] inline bool is_change(cause_kind kind) noexcept
{
    return kind == cause_kind::changed || kind == cause_kind::owned ||
           kind == cause_kind::watched || kind == cause_kind::external;
}

/// One change is one cause, also of an object that is named for what was and for what is.
inline void name_each_once(std::vector<object_key>& keys)
{
    if (keys.size() < 2)
        return;
    if (keys.size() == 2) {
        if (keys[0] == keys[1])
            keys.pop_back();
        return;
    }
    std::set<object_key> named;
    std::erase_if(keys, [&named](object_key const& each) { return !named.insert(each).second; });
}

/// Counts a worker as waiting for as long as it lives.
class idle_scope {
public:
    explicit idle_scope(unsigned& idle) : idle_{idle} { ++idle_; }
    idle_scope(idle_scope const&) = delete;
    idle_scope& operator=(idle_scope const&) = delete;
    ~idle_scope() { --idle_; }

private:
    unsigned& idle_;
};

CONVERGE_DECL void controller_intake::connect(listener tell)
{
    tell_ = std::move(tell);
    for (auto const declare : spec_.declares)
        declare(caches_);
    for (auto const& configure : spec_.configures)
        configure(caches_);
    hears_.push_back(own_->subscribe([this](object_change const& seen) { on_own_change(seen); }));
    hears_.push_back(own_->on_progress(tell_.progressed));
    for (auto const* type : spec_.reads)
        needs(*type);
    for (auto const& from : spec_.triggers) {
        needs(*from.source);
        auto& cache = *caches_.of(*from.source);
        hears_.push_back(cache.subscribe([this, &from, &cache](object_change const& seen) {
            on_trigger(from, cache, seen, 0);
        }));
    }
}

CONVERGE_DECL void controller_intake::needs(resource_type const& type)
{
    auto const& cache = caches_.of(type);
    if (std::find(needed_.begin(), needed_.end(), cache) != needed_.end())
        return;
    needed_.push_back(cache);
    hears_.push_back(cache->on_progress(tell_.progressed));
}

CONVERGE_DECL queue_options<object_key> controller_intake::guarded_sharing()
{
    auto how = spec_.sharing;
    if (how.tenant_of)
        how.tenant_of = [this, of = spec_.sharing.tenant_of](object_key const& id) {
            try {
                return of(id);
            } catch (...) {
                metrics_.trigger_errors().add(1);
                log_.about({std::string{spec_.type->kind.kind}, id.namespace_, id.name})
                    .error("a tenant function threw; the object belongs to the tenant without a "
                           "name",
                           {{"why", caught().what()}});
                return std::string_view{};
            }
        };
    if (how.weight_of)
        how.weight_of = [this, of = spec_.sharing.weight_of](std::string_view tenant) {
            try {
                return of(tenant);
            } catch (...) {
                metrics_.trigger_errors().add(1);
                log_.error("a weight function threw; the tenant has weight 1",
                           {{"tenant", tenant}, {"why", caught().what()}});
                return 1u;
            }
        };
    return how;
}

CONVERGE_DECL late_sources::listener controller_intake::late_listener()
{
    late_sources::listener tell;
    tell.heard = [this](trigger const& of, informer const& shown_by, object_change const& seen,
                        bool was_there) {
        on_trigger(of, shown_by, seen, was_there ? background : 0);
    };
    tell.needs = [this](std::shared_ptr<informer> const& cache) { needed_.push_back(cache); };
    tell.progressed = [this] { tell_.progressed(); };
    tell.needs_no_more = [this](std::shared_ptr<informer> const& cache) { needs_no_more(cache); };
    return tell;
}

CONVERGE_DECL void controller_intake::needs_no_more(std::shared_ptr<informer> const& cache)
{
    // What it hears of for a time comes behind what it always needs.
    auto const last = std::find(needed_.rbegin(), needed_.rend(), cache);
    needed_.erase(std::prev(last.base()));
    if (std::find(needed_.begin(), needed_.end(), cache) == needed_.end())
        tell_.left(*cache);
}

CONVERGE_DECL void controller_intake::follow_late()
{
    for (auto const& each : spec_.late)
        late_.enter(each);
}

CONVERGE_DECL task<> controller_intake::wait_synced()
{
    for (auto const& cache : needed_)
        co_await cache->wait_synced();
    auto const where = co_await this_coro::executor;
    clock_ = &time_of(where);
}

CONVERGE_DECL void controller_intake::on_own_change(object_change const& seen)
{
    // An object that came back under its name is seen for the first time; of one that is gone
    // there is nothing to ask, and nothing to run but the forgetting.
    bool const known =
        seen.before && seen.after && seen.before.metadata().uid == seen.after.metadata().uid;
    auto const pass = [&](auto const& holds) { return passes(holds, seen); };
    if (known && !std::all_of(spec_.predicates.begin(), spec_.predicates.end(), pass))
        return;
    auto const& side = seen.after ? seen.after : seen.before;
    auto const id = side.key();
    if (!known && seen.before && seen.after)
        tell_.reborn(id);
    bool const initial = !own_->synced();
    auto const kind = initial ? cause_kind::initial : cause_kind::changed;
    auto const priority = spec_.priority ? priority_of(side) : initial ? background : 0;
    enqueue_seen(*own_, id, cause{kind, side.metadata().resource_version}, priority);
}

CONVERGE_DECL int controller_intake::priority_of(any_object const& object)
{
    try {
        return spec_.priority(object);
    } catch (...) {
        metrics_.trigger_errors().add(1);
        log_.about(object.ref())
            .error("a priority function threw; the object has priority 0",
                   {{"why", caught().what()}});
        return 0;
    }
}

CONVERGE_DECL void controller_intake::on_trigger(trigger const& from, informer const& cache,
                                                 object_change const& seen, int priority)
{
    auto const& side = seen.after ? seen.after : seen.before;
    auto const keys = keys_of(from, seen);
    if (keys.empty())
        return;
    cause const why{from.kind, side.ref(), side.metadata().resource_version};
    for (auto const& id : keys)
        enqueue_seen(cache, id, why, priority);
}

CONVERGE_DECL void controller_intake::enqueue_seen(informer const& from, object_key const& id,
                                                   cause const& why, int priority)
{
    // A list may hide a change of somebody else between two revisions; a watch hides none.
    bool const gapless = from.listed_at() < why.at();
    if (!spec_.ignores_echoes || !gapless || !echoes_.put_aside(id, why))
        enqueue(id, why, priority);
}

CONVERGE_DECL bool controller_intake::passes(predicate const& holds, object_change const& seen)
{
    try {
        return holds(seen);
    } catch (...) {
        auto const& side = seen.after ? seen.after : seen.before;
        metrics_.trigger_errors().add(1);
        log_.about(side.ref())
            .error("a predicate threw; the change passes", {{"why", caught().what()}});
        return true;
    }
}

CONVERGE_DECL std::vector<object_key> controller_intake::keys_of(trigger const& from,
                                                                 object_change const& seen)
{
    std::vector<object_key> keys;
    try {
        from.keys(seen, keys);
    } catch (...) {
        auto const& side = seen.after ? seen.after : seen.before;
        metrics_.trigger_errors().add(1);
        log_.about(side.ref())
            .error("a map function threw; it makes run only what it named before", {{"why", caught().what()}});
    }
    name_each_once(keys);
    return keys;
}

CONVERGE_DECL void controller_intake::enqueue(object_key const& id, cause const& why, int priority)
{
    recorder_.triggered(id, why);
    if (spec_.debounced && clock_ != nullptr && is_change(why.kind())) {
        auto const [quiet, most] = *spec_.debounced;
        queue_.add_debounced(id, why, clock_->now(), quiet, most, priority);
        call();
    } else if (queue_.add(id, why, priority)) {
        call();
    }
}

CONVERGE_DECL void controller_intake::finish(object_key const& id)
{
    release_echoes(id);
    queue_.done(id);
    call();
}

CONVERGE_DECL void controller_intake::finish(key_queue::taken const& run)
{
    release_echoes(run.key);
    queue_.done(run);
    call();
}

CONVERGE_DECL void controller_intake::release_echoes(object_key const& id)
{
    if (!spec_.ignores_echoes)
        return;
    for (auto const& why : echoes_.finished(id))
        enqueue(id, why);
}

CONVERGE_DECL task<> controller_intake::rest_until(instant due)
{
    while (!stopping_) {
        bool const stopped = co_await stopped_.wait_until(due);
        if (!stopped)
            co_return;
    }
}

CONVERGE_DECL task<> controller_intake::wait_ready()
{
    idle_scope const counted{idle_};
    if (auto const due = queue_.next_due())
        co_await ready_.wait_until(*due);
    else
        co_await ready_.wait();
}

CONVERGE_DECL void controller_intake::stop()
{
    stopping_ = true;
    late_.stop();
    queue_.stop(stop_mode::drop);
    recorder_.stop();
    ready_.notify_all();
    stopped_.notify_all();
    for (auto const& each : mailboxes_)
        each->filled.notify_all();
}

CONVERGE_DECL task<> controller_intake::resync(duration period)
{
    for (;;) {
        auto const due = later(co_await now(), period);
        co_await rest_until(due);
        if (stopping_)
            co_return;
        own_->cache().for_each([this](any_object const& each) {
            enqueue(each.key(), cause_kind::resync, background);
        });
    }
}

CONVERGE_DECL task<> controller_intake::listen(key_channel& on)
{
    auto const box = on.listen();
    mailboxes_.push_back(box);
    while (!stopping_) {
        co_await box->filled.wait();
        for (auto const& id : box->take())
            enqueue(id, cause_kind::external);
    }
}

CONVERGE_DECL task<> controller_intake::poll(client api, polled_source const& from)
{
    while (!stopping_) {
        auto const due = later(co_await now(), from.period);
        std::optional<failure> wrong;
        try {
            auto asked = from.keys(api);
            auto const keys = co_await std::move(asked);
            for (auto const& id : keys)
                enqueue(id, cause_kind::external);
        } catch (...) {
            wrong = caught();
        }
        auto const cancellation = co_await this_coro::cancellation_state;
        if (stopping_ && cancellation.cancelled() != boost::asio::cancellation_type::none)
            co_return;
        if (wrong) {
            metrics_.trigger_errors().add(1);
            log_.warn("polling failed; trying again", {{"why", wrong->what()}});
        }
        co_await rest_until(due);
    }
}

} // namespace converge::detail
