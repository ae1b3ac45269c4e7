// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer.hpp>

#include <converge/async/race.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/core/detail/caught.hpp>
#include <converge/work/backoff.hpp>
#include <converge/work/detail/saturating.hpp>

#include <bit>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace converge {

/// Says that it runs while it lives.
class informer::running {
public:
    running(std::shared_ptr<open_watch> place, resource_type const& type) : place_{std::move(place)}
    {
        if (place_->running)
            throw error{errc::invalid, "the informer of " + std::string{type.kind.kind} +
                                           " runs already; run it once, and let all who need it "
                                           "subscribe or share it"};
        place_->running = true;
    }
    running(running const&) = delete;
    running& operator=(running const&) = delete;
    ~running() { place_->running = false; }

private:
    std::shared_ptr<open_watch> place_;
};

/// Says which watch is open while it lives.
class informer::watching {
public:
    watching(std::shared_ptr<open_watch> place, watch_stream const& open, instant since)
        : place_{std::move(place)}
    {
        place_->stream = &open;
        place_->silent_since = since;
    }
    watching(watching const&) = delete;
    watching& operator=(watching const&) = delete;
    ~watching() { place_->stream = nullptr; }

private:
    std::shared_ptr<open_watch> place_;
};

CONVERGE_DECL informer::informer(std::shared_ptr<transport> through, resource_type const& type,
                                 logger log, detail::cache_rules rules)
    : through_{std::move(through)},
      type_{&type},
      source_{type.projection_of != nullptr ? &type.projection_of() : &type},
      log_{std::move(log)},
      rules_{std::move(rules)},
      cache_{std::make_shared<detail::object_cache>(log_)},
      subscribers_{std::make_shared<detail::subscriber_list<object_change>>()},
      progress_{std::make_shared<detail::subscriber_list<>>()}
{}

CONVERGE_DECL subscription informer::subscribe(subscriber hear)
{
    auto of = subscribers_->add(std::move(hear));
    cache_->for_each([&](any_object const& each) {
        if (!of->gone)
            of->hear({{}, each, each.metadata().resource_version, false});
    });
    return {subscribers_, std::move(of)};
}

CONVERGE_DECL subscription informer::on_progress(std::function<void()> hear)
{
    return {progress_, progress_->add(std::move(hear))};
}

CONVERGE_DECL void informer::measured_by(metrics_registry& registry)
{
    std::string label{type_->kind.kind};
    if (type_ != source_)
        label.append(" ").append(type_->struct_name);
    metrics_ = detail::informer_metrics{registry, label};
}

CONVERGE_DECL void informer::retire()
{
    metrics_.gone();
    metrics_ = {};
}

CONVERGE_DECL task<> informer::wait_synced()
{
    while (!synced_)
        co_await moved_.wait();
    moved_.notify_one();
}

CONVERGE_DECL task<> informer::run()
{
    running const scope{open_, *type_};
    auto const limit = rules_.silence_max.value_or(through_->silence_max());
    if (limit <= duration::zero()) {
        co_await follow();
        co_return;
    }
    for (;;) {
        co_await race(follow(), notice_silence(limit));
        // What is quiet for long is no failure: it is looked at again where it was.
        ++silences_;
        metrics_.silent();
        resumable_ = true;
        log_.debug("a watch said nothing for long; beginning another where it was",
                   {{"kind", type_->kind.kind}});
    }
}

CONVERGE_DECL task<> informer::notice_silence(duration limit)
{
    for (;;) {
        auto const present = co_await now();
        auto const since = open_->stream != nullptr ? open_->silent_since : present;
        auto const due = detail::later(since, limit);
        if (due <= present)
            break;
        co_await sleep_until(due);
    }
    // It may know that nothing of this kind happened meanwhile: who resumes there needs less of
    // the history.
    auto const through = open_->stream->through();
    if (through > shown_)
        show(through, false);
}

CONVERGE_DECL task<> informer::follow()
{
    auto const where = co_await this_coro::executor;
    // Half of the pause is drawn: a thousand who lost one server come back over all of it.
    backoff_policy const pauses{std::chrono::milliseconds{50}, std::chrono::seconds{30}, 2.0, 0.5};
    for (unsigned failures = 0;;) {
        auto const began = time_of(where).now();
        co_await follow_until_failure();
        // Where nothing changes for long, a watch that lasts is as good as one that delivers.
        bool const lasted = time_of(where).now() - began > pauses.max;
        if (heard_ || lasted)
            failures = 0;
        metrics_.failed();
        report(++failures);
        auto const chance = random_of(where).unit("informer.pause");
        co_await sleep_for(pauses.delay(failures - 1, chance));
    }
}

CONVERGE_DECL task<> informer::follow_until_failure()
{
    auto const where = co_await this_coro::executor;
    auto const& clock = time_of(where);
    heard_ = false;
    try {
        if (!std::exchange(resumable_, false)) {
            // At first a replica that lags will do: the watch brings the rest. Later it would show
            // a past that readers have left behind, without what they wrote since.
            auto which = synced_ ? list_options{} : list_options{}.from_any_replica();
            auto start = co_await through_->send(request::list(*source_, std::move(which)));
            take_list(start.take_items(), start.at());
            metrics_.heard(clock.wall_now());
        }
        auto const stream = through_->watch(watch_request{*source_, shown_});
        watching const scope{open_, *stream, clock.now()};
        for (;;) {
            auto const batch = co_await stream->next();
            heard_ = true;
            open_->silent_since = clock.now();
            metrics_.heard(clock.wall_now());
            resumable_ = false;
            take_batch(batch);
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

CONVERGE_DECL void informer::take_list(std::vector<any_object> items, revision at)
{
    // What cannot be decoded throws here, before anything has changed.
    if (type_ == source_ && !rules_.transform) {
        for (auto const& item : items)
            static_cast<void>(item.metadata());
        cache_->replace(std::move(items), at);
    } else {
        std::vector<any_object> shown;
        shown.reserve(items.size());
        for (auto const& item : items)
            shown.push_back(cached(item));
        cache_->replace(std::move(shown), at);
    }
    ++lists_;
    listed_at_ = at;
    metrics_.listed();
    show(at, true);
}

CONVERGE_DECL void informer::take_batch(watch_batch const& batch)
{
    for (auto const& event : batch.events)
        static_cast<void>((event.current ? event.current : event.previous).metadata());
    bool const whole = type_ == source_ && !rules_.transform;
    for (auto const& event : batch.events) {
        if (!event.current)
            cache_->erase(event.previous.metadata(), event.at);
        else if (whole)
            cache_->put(event.current, event.at);
        else
            cache_->put(cached(event.current), event.at);
    }
    show(batch.through, false);
}

CONVERGE_DECL any_object informer::cached(any_object const& whole) const
{
    auto draft = copied(whole);
    if (rules_.transform)
        transform(draft, whole);
    return std::move(draft).freeze();
}

CONVERGE_DECL draft_object informer::copied(any_object const& whole) const
{
    return type_ != source_ ? draft_object{*type_, type_->project(whole.get())}
                            : draft_object{whole};
}

CONVERGE_DECL void informer::transform(draft_object& draft, any_object const& whole) const
{
    try {
        rules_.transform(draft.get());
    } catch (...) {
        draft = copied(whole);
        log_.about(whole.ref())
            .error("a transform threw; the object is cached as it is",
                   {{"why", detail::caught().what()}});
        return;
    }
    auto const& real = whole.metadata();
    auto& meta = draft.metadata();
    if (meta.name == real.name && meta.namespace_ == real.namespace_ && meta.uid == real.uid &&
        meta.resource_version == real.resource_version)
        return;
    meta.name = real.name;
    meta.namespace_ = real.namespace_;
    meta.uid = real.uid;
    meta.resource_version = real.resource_version;
    log_.about(whole.ref())
        .error("a transform changed what an object is told by; that was undone", {});
}

CONVERGE_DECL void informer::show(revision at, bool listed)
{
    shown_ = at;
    cache_->publish(at);
    metrics_.shows(cache_->size(), at);
    tell(listed);
    cache_->settle();
    if (listed && !synced_) {
        synced_ = true;
        metrics_.synced();
    }
    resumable_ = true;
    if (last_failure_.code)
        last_failure_ = {};
    moved_.notify_all();
    detail::subscriber_list<>::telling const all{*progress_};
    all();
}

CONVERGE_DECL void informer::tell(bool listed)
{
    if (subscribers_->empty() || cache_->changes().empty())
        return;
    detail::subscriber_list<object_change>::telling const all{*subscribers_};
    object_change told;
    auto const& changes = cache_->changes();
    for (std::size_t i = 0; i != changes.size(); ++i) {
        if (i + 4 < changes.size() && changes[i + 4].after != nullptr)
            changes[i + 4].after->object.foresee();
        auto const& each = changes[i];
        told.before = each.before != nullptr ? each.before->object : any_object{};
        told.after = each.after != nullptr ? each.after->object : any_object{};
        told.at = each.at;
        told.final_state_unknown = listed && each.after == nullptr;
        all(told);
    }
}

} // namespace converge
