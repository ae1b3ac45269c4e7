// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/controller_intake.hpp>

#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/core/detail/caught.hpp>
#include <converge/work/detail/saturating.hpp>

#include <algorithm>
#include <utility>

namespace converge::detail {

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

CONVERGE_DECL void controller_intake::connect(std::function<void()> progressed)
{
    own_->subscribe([this](object_change const& seen) { on_own_change(seen); });
    own_->on_progress(progressed);
    for (auto const* type : spec_.reads)
        needs(*type, progressed);
    for (auto const& from : spec_.triggers) {
        needs(*from.source, progressed);
        caches_.of(*from.source)->subscribe([this, &from](object_change const& seen) {
            on_trigger(from, seen);
        });
    }
}

CONVERGE_DECL void controller_intake::needs(resource_type const& type,
                                            std::function<void()> const& progressed)
{
    auto const& cache = caches_.of(type);
    if (cache == own_ || std::ranges::find(needed_, cache) != needed_.end())
        return;
    needed_.push_back(cache);
    cache->on_progress(progressed);
}

CONVERGE_DECL task<> controller_intake::wait_synced()
{
    co_await own_->wait_synced();
    for (auto const& cache : needed_)
        co_await cache->wait_synced();
}

CONVERGE_DECL void controller_intake::on_own_change(object_change const& seen)
{
    // An object that came back under its name is seen for the first time; of one that is gone
    // there is nothing to ask, and nothing to run but the forgetting.
    bool const known =
        seen.before && seen.after && seen.before.metadata().uid == seen.after.metadata().uid;
    auto const pass = [&](auto const& holds) { return passes(holds, seen); };
    if (known && !std::ranges::all_of(spec_.predicates, pass))
        return;
    auto const& side = seen.after ? seen.after : seen.before;
    auto const kind = own_->synced() ? cause_kind::changed : cause_kind::initial;
    enqueue(side.key(), cause{kind, side.metadata().resource_version});
}

CONVERGE_DECL void controller_intake::on_trigger(trigger const& from, object_change const& seen)
{
    auto const& side = seen.after ? seen.after : seen.before;
    auto const keys = keys_of(from, seen);
    if (keys.empty())
        return;
    cause const why{from.kind, side.ref(), side.metadata().resource_version};
    for (auto const& id : keys)
        enqueue(id, why);
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
    try {
        return from.keys(seen);
    } catch (...) {
        auto const& side = seen.after ? seen.after : seen.before;
        metrics_.trigger_errors().add(1);
        log_.about(side.ref())
            .error("a map function threw; it makes nothing run", {{"why", caught().what()}});
        return {};
    }
}

CONVERGE_DECL void controller_intake::enqueue(object_key const& id, cause const& why)
{
    if (queue_.add(id, why))
        call();
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
    queue_.stop(stop_mode::drop);
    ready_.notify_all();
    stopped_.notify_all();
}

CONVERGE_DECL task<> controller_intake::resync(duration period)
{
    while (!stopping_) {
        auto const due = later(co_await now(), period);
        bool const stopped = co_await stopped_.wait_until(due);
        if (stopped)
            co_return;
        for (auto const& [id, object] : own_->cache().objects())
            enqueue(id, cause_kind::resync);
    }
}

} // namespace converge::detail
