// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer.hpp>

#include <converge/async/random_service.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/work/backoff.hpp>

#include <bit>
#include <chrono>
#include <cstddef>
#include <map>
#include <utility>

namespace converge {

namespace detail {

/// A store that was lost and began anew counts its revisions anew: the uid tells.
[[nodiscard]] CONVERGE_DECL bool same_state(object_meta const& left, object_meta const& right)
{
    return left.resource_version == right.resource_version && left.uid == right.uid;
}

} // namespace detail

CONVERGE_DECL void informer::subscribe(subscriber hear)
{
    for (auto const& [id, object] : cache_.objects())
        hear(object_change{{}, object});
    subscribers_.push_back(std::move(hear));
}

CONVERGE_DECL task<> informer::wait_synced()
{
    while (!synced_)
        co_await moved_.wait();
    moved_.notify_one();
}

CONVERGE_DECL task<> informer::run()
{
    auto const where = co_await this_coro::executor;
    backoff_policy const pauses{std::chrono::milliseconds{50}, std::chrono::seconds{30}};
    for (unsigned failures = 0;;) {
        auto const began = time_of(where).now();
        co_await follow_until_failure();
        // Where nothing changes for long, a watch that lasts is as good as one that delivers.
        bool const lasted = time_of(where).now() - began > pauses.max;
        if (heard_ || lasted)
            failures = 0;
        report(++failures);
        auto const chance = random_of(where).unit("informer.pause");
        co_await sleep_for(pauses.delay(failures - 1, chance));
    }
}

CONVERGE_DECL task<> informer::follow_until_failure()
{
    heard_ = false;
    try {
        if (!std::exchange(resumable_, false)) {
            // At first a replica that lags will do: the watch brings the rest. Later it would show
            // a past that readers have left behind, without what they wrote since.
            auto which = synced_ ? list_options{} : list_options{}.from_any_replica();
            auto const start = co_await through_->send(request::list(*type_, std::move(which)));
            replace_all(start.items(), start.at());
        }
        auto const stream = through_->watch(watch_request{*type_, shown_});
        for (;;) {
            auto const batch = co_await stream->next();
            heard_ = true;
            resumable_ = false;
            for (auto const& event : batch.events)
                change(event.current, event.previous);
            show(batch.through);
        }
    } catch (error const& failed) {
        last_failure_ = failed.reason();
        resumable_ = resumable_ && !failed.is(errc::gone);
    }
}

CONVERGE_DECL void informer::report(unsigned failures) const
{
    // Each doubling: what stays away for a day is not worth a line every half minute.
    if (!std::has_single_bit(failures))
        return;
    bool const usual = last_failure_.is(errc::gone);
    log_.write({usual ? log_level::info : log_level::warn,
                "a kind cannot be followed; trying again",
                {{"kind", type_->kind.kind}, {"why", last_failure_.what()}, {"times", failures}}});
}

CONVERGE_DECL void informer::replace_all(std::vector<any_object> const& items, revision at)
{
    std::map<object_key, any_object> gone = cache_.objects();
    for (auto const& item : items) {
        gone.erase(item.key());
        change(item, {});
    }
    for (auto const& [id, last_known] : gone)
        change({}, last_known);
    synced_ = true;
    ++lists_;
    listed_at_ = at;
    show(at);
}

CONVERGE_DECL void informer::change(any_object const& now, any_object const& then)
{
    auto const id = now ? now.key() : then.key();
    auto before = cache_.find(id);
    if (before && now && detail::same_state(before.metadata(), now.metadata()))
        return;
    if (!before && !now)
        return;
    cache_.set(id, now);
    object_change const told{std::move(before), now};
    // Who subscribes meanwhile has heard of `now` as an addition.
    auto const subscribed = subscribers_.size();
    for (std::size_t i = 0; i != subscribed; ++i)
        subscribers_[i](told);
}

CONVERGE_DECL void informer::show(revision at)
{
    shown_ = at;
    resumable_ = true;
    if (last_failure_.code)
        last_failure_ = {};
    moved_.notify_all();
    for (auto const& hear : progress_)
        hear();
}

} // namespace converge
