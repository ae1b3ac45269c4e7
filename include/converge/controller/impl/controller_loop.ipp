// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/controller_loop.hpp>

#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/core/detail/caught.hpp>
#include <converge/observe/detail/span_text.hpp>
#include <converge/work/detail/saturating.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace converge::detail {

/// A worker that never has to wait lets all else on its strand run after this many keys.
inline constexpr unsigned runs_without_rest = 64;

[[nodiscard]] inline std::string_view result_name(std::variant<outcome, failure> const& result)
{
    if (auto const* wrong = std::get_if<failure>(&result))
        return wrong->is(errc::conflict)   ? "conflict"
               : wrong->is(errc::terminal) ? "terminal"
                                           : "failed";
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

[[nodiscard]] inline failure too_long(duration limit)
{
    auto const span = std::chrono::duration<double>(limit).count();
    return {errc::timed_out, "not done within " + std::to_string(span) + " s"};
}

/// What the log says of a run that failed, beside what it was about.
[[nodiscard]] inline std::vector<log_field> fields_of(taken_key<object_key> const& run,
                                                      failure const& wrong)
{
    return {{"why", wrong.what()}, {"causes", run.causes.str()}, {"attempt", run.attempt}};
}

/// Lets others spawn into a nursery for as long as it is joined.
class crew_scope {
public:
    crew_scope(nursery*& known_as, nursery& crew) : known_as_{known_as} { known_as_ = &crew; }
    crew_scope(crew_scope const&) = delete;
    crew_scope& operator=(crew_scope const&) = delete;
    ~crew_scope() { known_as_ = nullptr; }

private:
    nursery*& known_as_;
};

CONVERGE_DECL void controller_loop::connect()
{
    controller_intake::listener tell;
    tell.progressed = [this] { release_held(); };
    tell.reborn = [this](object_key const& id) { forget(id); };
    tell.left = [this](informer const& cache) {
        gate_.drop(cache);
        release_held();
    };
    intake_.connect(std::move(tell));
}

CONVERGE_DECL task<> controller_loop::run()
{
    co_await intake_.wait_synced();
    auto const where = co_await this_coro::executor;
    monitor_ = monitor_of(where);
    if (spec_.time_limit)
        limits_.emplace(workers_, where, *spec_.time_limit);
    auto const period = monitor_ ? monitor_->resync(spec_.resync) : spec_.resync;
    intake_.follow_late();
    nursery crew{where};
    for (unsigned i = 0; i < spec_.workers; ++i) {
        auto& hired = workers_.emplace_back(api_);
        hired.interrupt = crew.spawn_interruptible(work(hired));
    }
    if (period)
        crew.spawn(intake_.resync(*period));
    for (auto const& each : spec_.channels)
        crew.spawn(intake_.listen(*each));
    std::vector<std::function<void()>> polling;
    for (auto const& each : spec_.polled)
        polling.push_back(crew.spawn_interruptible(intake_.poll(api_, each)));
    crew_scope const staffed{crew_, crew};
    std::shared_ptr<void> probe;
    if (recorder_.on())
        probe = recorder_.history()->ask(
            spec_.name, std::string{spec_.type->kind.kind},
            [this](object_key const& id, instant at) { return state_of(id, at); });
    std::function<void()> const on_stop = [this, &polling] {
        intake_.stop();
        for (auto const& interrupt : polling)
            interrupt();
    };
    co_await crew.join_gracefully(on_stop, grace_);
}

CONVERGE_DECL void controller_loop::abandon()
{
    intake_.stop();
    if (crew_ != nullptr)
        crew_->cancel();
}

CONVERGE_DECL void controller_loop::release_held()
{
    for (auto const& each : gate_.release())
        finish(each);
}

CONVERGE_DECL void controller_loop::finish(write_gate::passed const& key)
{
    if (key.blind)
        intake_.enqueue(key.id, cause_kind::stale);
    auto const rests = resting_.empty() ? resting_.end() : resting_.find(key.id);
    if (rests == resting_.end())
        intake_.finish(key.id);
    else if (crew_ != nullptr)
        crew_->spawn(finish_after(key.id, rests->second));
}

CONVERGE_DECL task<> controller_loop::finish_after(object_key id, instant due)
{
    co_await intake_.rest_until(due);
    resting_.erase(id);
    intake_.finish(id);
}

CONVERGE_DECL std::string controller_loop::state_of(object_key const& id, instant now) const
{
    for (auto const& each : workers_)
        if (each.running && each.next.key == id)
            return "is reconciling it since " + span_text(now - each.began);
    if (gate_.holds(id))
        return "waits until the caches show what it wrote";
    if (resting_.contains(id))
        return "lets it rest: it keeps itself busy";
    auto const known = intake_.queue().status(id);
    std::string const why = ": " + known.causes.str();
    std::string const after =
        known.attempts == 0 ? "" : ", after " + std::to_string(known.attempts) + " failed attempts";
    switch (known.at) {
    case key_place::ready: return "has it ready for a worker" + why + after;
    case key_place::delayed: return "runs it in " + span_text(known.due - now) + why + after;
    case key_place::processing: return "has it in process" + after;
    case key_place::resting: return "waits for a change" + after;
    case key_place::absent: break;
    }
    return "waits for a change";
}

CONVERGE_DECL task<> controller_loop::work(worker& self)
{
    auto const where = co_await this_coro::executor;
    auto const& clock = time_of(where);
    auto& chance = random_of(where);
    auto& queue = intake_.queue();
    auto now = clock.now();
    for (unsigned runs = 0;; ++runs) {
        if (runs == runs_without_rest) {
            co_await yield();
            runs = 0;
        }
        if (!queue.take(now, self.next)) {
            if (intake_.stopping()) {
                intake_.pass_on();
                co_return;
            }
            if (limits_)
                limits_->idle();
            co_await intake_.wait_ready();
            runs = 0;
            now = clock.now();
            continue;
        }
        auto const& cache = intake_.own().cache();
        queue.guess_next(4, [&cache](std::uint32_t hash, unsigned n) { cache.foresee(hash, n); });
        auto const* const object = cache.look(self.next.key, self.next.hash);
        if (object == nullptr) {
            forget(self.next.key);
            intake_.finish(self.next);
            continue;
        }
        self.object = *object;
        self.renew_log();
        intake_.began(self.next.key);
        recorder_.began(self);
        self.began = now;
        self.overdue = false;
        if (limits_)
            limits_->began(now);
        auto const run = begin_watched(self);
        result how;
        {
            active_scope const counted{metrics_.active()};
            self.running = true;
            try {
                auto body = spec_.reconcile(api_of(self, run), self.object, caches_);
                how = co_await std::move(body);
            } catch (error const& thrown) {
                how = thrown.reason();
            } catch (...) {
                how = caught();
            }
            self.running = false;
        }
        auto const cancellation = co_await this_coro::cancellation_state;
        if (cancellation.cancelled() != boost::asio::cancellation_type::none) {
            if (!self.overdue) {
                if (monitor_)
                    monitor_->ended(run, "cancelled", {});
                throw boost::system::system_error{boost::asio::error::operation_aborted};
            }
            co_await this_coro::reset_cancellation_state();
            if (std::holds_alternative<failure>(how))
                how = too_long(*spec_.time_limit);
        }
        now = clock.now();
        metrics_.seconds().observe(std::chrono::duration<double>(now - self.began).count());
        end_watched(self, run, how, now);
        settle(self, how, now, chance);
        intake_.ended(self.next.key, *self.writes);
        self.object = any_object{};
        if (self.writes->empty())
            intake_.finish(self.next);
        else if (auto const passed = gate_.pass(self.next.key, *self.writes))
            finish(*passed);
    }
}

CONVERGE_DECL client controller_loop::api_of(worker const& self,
                                             std::shared_ptr<request_origin const> const& run)
{
    return run ? self.api.sending_from(run) : self.api;
}

CONVERGE_DECL void controller_loop::forget(object_key const& id)
{
    conflicts_.erase(id);
    hot_.forget(id);
    recorder_.forget(id);
    intake_.queue().forget(id);
}

CONVERGE_DECL void controller_loop::look_for_hot_loop(worker const& self, instant ended)
{
    auto const found = hot_.ended(self, ended);
    if (!found)
        return;
    metrics_.hot_runs().add(1);
    resting_[self.next.key] = later(ended, found->pause);
    // Each doubling: it may go on for days.
    if (std::has_single_bit(found->runs / spec_.hot_after) && found->runs % spec_.hot_after == 0)
        log_.about(self.object.ref())
            .warn("a reconciler keeps itself busy: it changes its own object in every run though "
                  "nothing new is desired; it is slowed down",
                  {{"fields", found->fields}, {"runs", found->runs}, {"pause", found->pause}});
}

CONVERGE_DECL std::shared_ptr<request_origin const>
controller_loop::begin_watched(worker const& self) const
{
    if (!monitor_)
        return nullptr;
    auto run = std::make_shared<request_origin>();
    run->controller = spec_.name;
    run->about = self.object;
    run->causes = self.next.causes;
    monitor_->began(run);
    return run;
}

CONVERGE_DECL void controller_loop::end_watched(worker const& self,
                                                std::shared_ptr<request_origin const> const& run,
                                                result const& how, instant at)
{
    if (monitor_)
        monitor_->ended(run, result_name(how), reason_of(how));
    if (recorder_.on())
        recorder_.ended(self, result_name(how), reason_of(how), at);
}

CONVERGE_DECL void controller_loop::settle(worker const& self, result const& how, instant ended,
                                           random_service& chance)
{
    auto const& key = self.next.key;
    if (auto const* wrong = std::get_if<failure>(&how)) {
        on_failure(self, *wrong, ended, chance.unit("controller.backoff"));
        return;
    }
    if (!conflicts_.empty())
        conflicts_.erase(key);
    auto& queue = intake_.queue();
    look_for_hot_loop(self, ended);
    auto const wants = std::get<outcome>(how);
    if (wants.kind() == outcome_kind::again) {
        metrics_.requeued().add(1);
        auto const pause =
            spec_.backoff.delay(self.next.attempt, chance.unit("controller.backoff"));
        queue.retry(key, cause_kind::retry, ended, pause);
        return;
    }
    queue.forget(self.next);
    if (wants.kind() == outcome_kind::again_in) {
        metrics_.requeued().add(1);
        queue.add_at(key, cause_kind::requeue, later(ended, wants.delay()), self.next.priority);
    } else {
        metrics_.settled().add(1);
    }
    if (log_.wants(log_level::debug))
        log_.about(self.object.ref()).debug("reconciled", {{"causes", self.next.causes.str()}});
}

CONVERGE_DECL duration controller_loop::delay_after(worker const& self, failure const& wrong,
                                                    double chance) const
{
    auto const usual = spec_.backoff.delay(self.next.attempt, chance);
    if (!spec_.delay)
        return usual;
    try {
        return spec_.delay(self.next.key, self.next.attempt, wrong);
    } catch (...) {
        log_.about(self.object.ref())
            .error("a retry function threw; the backoff decides", {{"why", caught().what()}});
        return usual;
    }
}

CONVERGE_DECL void controller_loop::on_failure(worker const& self, failure const& wrong,
                                               instant ended, double chance)
{
    auto const& key = self.next.key;
    auto& queue = intake_.queue();
    auto const log = log_.about(self.object.ref());
    if (wrong.is(errc::conflict)) {
        // Someone else wrote first; the cache is about to show it. Not an error of anyone, so no
        // attempt: the deadline of a failure before it stays, and so does the wait after the next.
        backoff_policy const soon{std::chrono::milliseconds{1}, std::chrono::seconds{1}};
        metrics_.conflicts().add(1);
        auto const pause = soon.delay(conflicts_[key]++, chance);
        queue.add_at(key, cause_kind::retry, later(ended, pause), self.next.priority);
        if (log.wants(log_level::debug))
            log.debug("conflict; trying again", fields_of(self.next, wrong));
        return;
    }
    conflicts_.erase(key);
    if (wrong.is(errc::terminal)) {
        metrics_.terminal().add(1);
        queue.forget(key);
        log.error("reconcile failed for good; waiting for a change", fields_of(self.next, wrong));
        return;
    }
    metrics_.failed().add(1);
    auto pause = delay_after(self, wrong, chance);
    // What such a call wrote nobody knows: the caches may be about to show it.
    if (wrong.is(errc::timed_out) || wrong.is(errc::indeterminate))
        pause = std::max<duration>(pause, std::chrono::milliseconds{500});
    queue.retry(key, cause_kind::retry, ended, pause);
    log.warn("reconcile failed; trying again", fields_of(self.next, wrong));
}

} // namespace converge::detail
