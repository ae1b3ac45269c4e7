// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/controller_loop.hpp>

#include <converge/async/nursery.hpp>
#include <converge/async/race.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/core/detail/caught.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <functional>

namespace converge::detail {

[[nodiscard]] inline std::string_view result_name(std::variant<outcome, failure> const& result)
{
    if (auto const* wrong = std::get_if<failure>(&result))
        return wrong->is(errc::conflict) ? "conflict" : wrong->is(errc::terminal) ? "terminal" : "failed";
    switch (std::get<outcome>(result).kind()) {
    case outcome_kind::again: return "again";
    case outcome_kind::again_in: return "again_in";
    case outcome_kind::settled: break;
    }
    return "settled";
}

[[nodiscard]] inline std::string reason_of(std::variant<outcome, failure> const& result)
{
    auto const* wrong = std::get_if<failure>(&result);
    return wrong ? wrong->what() : std::string{};
}

CONVERGE_DECL void controller_loop::connect()
{
    for (auto const declare : spec_.declares)
        declare(caches_);
    hears_.push_back(
        own_->subscribe([this](object_change const& seen) { on_own_change(seen); }));
    own_->on_progress([this] { release_held(); });
    for (auto const* type : spec_.reads)
        needs(*type);
    for (auto const& from : spec_.triggers) {
        needs(*from.source);
        hears_.push_back(caches_.of(*from.source)->subscribe(
            [this, &from](object_change const& seen) { on_trigger(from, seen); }));
    }
}

CONVERGE_DECL task<> controller_loop::run()
{
    co_await own_->wait_synced();
    for (auto const& cache : needed_)
        co_await cache->wait_synced();
    auto const where = co_await this_coro::executor;
    monitor_ = monitor_of(where);
    auto const period = monitor_ ? monitor_->resync(spec_.resync) : spec_.resync;
    nursery crew{where};
    for (unsigned i = 0; i < spec_.workers; ++i)
        crew.spawn(work());
    if (period)
        crew.spawn(resync(*period));
    std::function<void()> const on_stop = [this] { stop(); };
    co_await crew.join_gracefully(on_stop, grace_);
}

CONVERGE_DECL void controller_loop::needs(resource_type const& type)
{
    auto const& cache = caches_.of(type);
    if (cache == own_ || std::ranges::find(needed_, cache) != needed_.end())
        return;
    needed_.push_back(cache);
    cache->on_progress([this] { release_held(); });
}

CONVERGE_DECL void controller_loop::on_own_change(object_change const& seen)
{
    // An object that came back under its name is seen for the first time; of one that is gone
    // there is nothing to ask, and nothing to run but the forgetting.
    bool const known = seen.before && seen.after &&
                       seen.before.metadata().uid == seen.after.metadata().uid;
    auto const pass = [&](auto const& holds) { return passes(holds, seen); };
    if (known && !std::ranges::all_of(spec_.predicates, pass))
        return;
    auto const& side = seen.after ? seen.after : seen.before;
    auto const kind = own_->synced() ? cause_kind::changed : cause_kind::initial;
    enqueue(side.key(), cause{kind, side.metadata().resource_version});
}

CONVERGE_DECL void controller_loop::on_trigger(trigger const& from, object_change const& seen)
{
    auto const& side = seen.after ? seen.after : seen.before;
    auto keys = keys_of(from, seen);
    if (keys.empty())
        return;
    cause const why{from.kind, side.ref(), side.metadata().resource_version};
    for (auto& id : keys)
        enqueue(std::move(id), why);
}

CONVERGE_DECL bool controller_loop::passes(predicate const& holds, object_change const& seen)
{
    try {
        return holds(seen);
    } catch (...) {
        auto const& side = seen.after ? seen.after : seen.before;
        metrics_.trigger_errors().add(1);
        log_.about(side.ref()).error("a predicate threw; the change passes",
                                     {{"why", caught().what()}});
        return true;
    }
}

CONVERGE_DECL std::vector<object_key> controller_loop::keys_of(trigger const& from,
                                                               object_change const& seen)
{
    try {
        return from.keys(seen);
    } catch (...) {
        auto const& side = seen.after ? seen.after : seen.before;
        metrics_.trigger_errors().add(1);
        log_.about(side.ref()).error("a map function threw; it makes nothing run",
                                     {{"why", caught().what()}});
        return {};
    }
}

CONVERGE_DECL void controller_loop::enqueue(object_key id, cause why)
{
    queue_.add(std::move(id), std::move(why));
    ready_.notify_one();
}

CONVERGE_DECL void controller_loop::release_held()
{
    for (auto const& each : gate_.release())
        finish(each);
}

CONVERGE_DECL void controller_loop::finish(object_key const& id)
{
    queue_.done(id);
    ready_.notify_one();
}

CONVERGE_DECL void controller_loop::finish(write_gate::passed const& key)
{
    if (key.blind)
        queue_.add(key.id, cause_kind::stale);
    finish(key.id);
}

CONVERGE_DECL void controller_loop::stop()
{
    stopping_ = true;
    queue_.stop(stop_mode::drop);
    ready_.notify_all();
    stopped_.notify_all();
}

CONVERGE_DECL task<> controller_loop::resync(duration period)
{
    while (!stopping_) {
        auto const due = later(co_await now(), period);
        bool const stopped = co_await stopped_.wait_until(due);
        if (stopped)
            co_return;
        own_->cache().for_each([this](any_object const& each) {
            enqueue(each.key(), cause_kind::resync);
        });
    }
}

CONVERGE_DECL task<> controller_loop::work()
{
    auto const where = co_await this_coro::executor;
    auto const& clock = time_of(where);
    for (;;) {
        auto next = queue_.take(clock.now());
        if (next) {
            co_await process(*std::move(next));
            continue;
        }
        if (stopping_) {
            ready_.notify_one();
            co_return;
        }
        if (auto const due = queue_.next_due())
            co_await ready_.wait_until(*due);
        else
            co_await ready_.wait();
    }
}

CONVERGE_DECL task<> controller_loop::process(item next)
{
    auto const object = own_->cache().find(next.key);
    if (!object) {
        conflicts_.erase(next.key);
        queue_.forget(next.key);
        finish(next.key);
        co_return;
    }
    auto const writes = std::make_shared<write_log>();
    auto const started = co_await now();
    auto const lists = gate_.lists();
    auto const run = begin_watched(next, object);
    std::variant<outcome, failure> result;
    instant ended{};
    try {
        result = co_await attempt(api_.noting(writes).sending_from(run), object);
        ended = co_await now();
    } catch (...) {
        // Only its own cancellation comes here. Where a process dies no exception is thrown.
        if (monitor_)
            monitor_->ended(run, "cancelled", {});
        throw;
    }
    metrics_.seconds().observe(std::chrono::duration<double>(ended - started).count());
    auto const where = co_await this_coro::executor;
    if (monitor_)
        monitor_->ended(run, result_name(result), reason_of(result));
    settle(next, object, result, ended, random_of(where).unit("controller.backoff"));
    if (auto const passed = gate_.pass(next.key, *writes, lists))
        finish(*passed);
}

CONVERGE_DECL std::shared_ptr<request_origin const>
controller_loop::begin_watched(item const& next, any_object const& object) const
{
    if (!monitor_)
        return nullptr;
    auto run = std::make_shared<request_origin>();
    run->controller = spec_.name;
    run->about = object;
    run->causes = next.causes;
    monitor_->began(run);
    return run;
}

CONVERGE_DECL task<std::variant<outcome, failure>> controller_loop::attempt(client api, any_object object)
{
    active_scope const counted{metrics_.active()};
    std::variant<outcome, failure> result;
    try {
        result = co_await call(std::move(api), object);
    } catch (error const& thrown) {
        result = thrown.reason();
    } catch (...) {
        result = caught();
    }
    auto const cancellation = co_await this_coro::cancellation_state;
    if (cancellation.cancelled() != boost::asio::cancellation_type::none)
        throw boost::system::system_error{boost::asio::error::operation_aborted};
    co_return result;
}

CONVERGE_DECL task<outcome> controller_loop::call(client api, any_object object)
{
    auto body = spec_.reconcile(std::move(api), std::move(object), caches_);
    if (!spec_.time_limit)
        return body;
    return deadline(std::move(body), *spec_.time_limit);
}

CONVERGE_DECL void controller_loop::settle(item const& next, any_object const& object,
            std::variant<outcome, failure> const& result, instant ended, double chance)
{
    if (auto const* wrong = std::get_if<failure>(&result)) {
        on_failure(next, object, *wrong, ended, chance);
        return;
    }
    conflicts_.erase(next.key);
    auto const wants = std::get<outcome>(result);
    if (wants.kind() == outcome_kind::again) {
        metrics_.requeued().add(1);
        queue_.retry(next.key, cause_kind::retry, ended,
                     spec_.backoff.delay(next.attempt, chance));
        return;
    }
    queue_.forget(next.key);
    if (wants.kind() == outcome_kind::again_in) {
        metrics_.requeued().add(1);
        queue_.add_at(next.key, cause_kind::requeue, later(ended, wants.delay()),
                      next.priority);
    } else {
        metrics_.settled().add(1);
    }
    if (log_.wants(log_level::debug))
        log_.about(object.ref()).debug("reconciled", {{"causes", next.causes.str()}});
}

CONVERGE_DECL void controller_loop::on_failure(item const& next, any_object const& object, failure const& wrong,
                instant ended, double chance)
{
    auto const log = log_.about(object.ref());
    if (wrong.is(errc::conflict)) {
        // Someone else wrote first; the cache is about to show it. Not an error of anyone, so no
        // attempt: the deadline of a failure before it stays, and so does the wait after the next.
        backoff_policy const soon{std::chrono::milliseconds{1}, std::chrono::seconds{1}};
        metrics_.conflicts().add(1);
        auto const pause = soon.delay(conflicts_[next.key]++, chance);
        queue_.add_at(next.key, cause_kind::retry, later(ended, pause), next.priority);
        log.debug("conflict; trying again", {{"why", wrong.what()}});
        return;
    }
    conflicts_.erase(next.key);
    if (wrong.is(errc::terminal)) {
        metrics_.terminal().add(1);
        queue_.forget(next.key);
        log.error("reconcile failed for good; waiting for a change", {{"why", wrong.what()}});
        return;
    }
    metrics_.failed().add(1);
    auto pause = spec_.backoff.delay(next.attempt, chance);
    // What such a call wrote nobody knows: the caches may be about to show it.
    if (wrong.is(errc::timed_out) || wrong.is(errc::indeterminate))
        pause = std::max<duration>(pause, std::chrono::milliseconds{500});
    queue_.retry(next.key, cause_kind::retry, ended, pause);
    log.warn("reconcile failed; trying again", {{"why", wrong.what()}});
}

} // namespace converge::detail
