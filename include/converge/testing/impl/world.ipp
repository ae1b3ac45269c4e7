// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/world.hpp>

#include <converge/core/failure.hpp>
#include <converge/testing/detail/hash.hpp>
#include <converge/testing/detail/step_guard.hpp>
#include <converge/work/detail/saturating.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detail/timer_scheduler.hpp>

#include <algorithm>
#include <limits>
#include <map>

namespace converge::testing {

/// Rings for `world::at`.
struct world::scripted final : alarm {
    explicit scripted(std::function<void()> what) : act{std::move(what)} {}
    void ring() override
    {
        auto const now = std::move(act);
        token.reset();
        now();
    }

    std::function<void()> act;
    std::shared_ptr<void> token;
};

/// Notes how a task of a process ended.
struct world::ended {
    world* in;
    std::uint32_t number;
    std::uint32_t incarnation;

    void operator()(std::exception_ptr failure) const
    {
        auto& of = in->processes_[number];
        if (of.incarnation == incarnation && failure && !of.failure)
            of.failure = failure;
    }
};

/// Registers a service under the key of its base, where everyone looks for it. make_service would
/// use the derived type as the key, and the real service would be made beside it.
template <class Base, class Service, class... Args>
Service& world::install(Args... args)
{
    auto made = std::make_unique<Service>(*this, args...);
    auto& installed = *made;
    boost::asio::add_service<Base>(*this, made.release());
    return installed;
}

CONVERGE_DECL world::world(std::uint64_t seed, turn_order order)
    : time_{install<time_service, detail::virtual_time>()},
      random_{install<random_service, detail::keyed_random>(seed)},
      tasks_{install<converge::detail::parking_service, detail::task_registry>()},
      seed_{seed},
      order_{order}
{
    // A scenario makes some hundred to some thousand steps.
    for (std::size_t i = 0; i != demotions_.size(); ++i)
        demotions_[i] = 1 + detail::mixed(seed ^ detail::hash_of("demotion") ^ i) % 2000;
}

CONVERGE_DECL world::~world()
{
    for (auto& each : processes_)
        each.alive = false;
    for (std::uint32_t number = 0; number < processes_.size(); ++number)
        end(number);
}

CONVERGE_DECL process world::start(std::string name, std::function<task<>()> entry)
{
    return start(std::move(name),
                 [entry = std::move(entry)](process) -> task<> { return entry(); });
}

CONVERGE_DECL process world::start(std::string name, std::function<task<>(process)> entry)
{
    auto& added = processes_.emplace_back();
    added.name = std::move(name);
    added.entry = std::move(entry);
    process const made{static_cast<std::uint32_t>(processes_.size() - 1)};
    restart(made);
    return made;
}

CONVERGE_DECL void world::kill(process which)
{
    auto& victim = processes_[which.number()];
    victim.alive = false;
    victim.paused = false;
    ++victim.incarnation;
    std::erase_if(crashes_, [which](auto const& plan) { return plan.victim == which; });
    end(which.number());
}

CONVERGE_DECL void world::call_guarded(std::string const* who, std::function<void()> const& call)
{
    // Within a turn the turn answers for it.
    if (detail::inside_step()) {
        call();
        return;
    }
    {
        detail::step_guard const guard;
        call();
    }
    refuse_culprits(who);
}

CONVERGE_DECL void world::restart(process which)
{
    if (alive(which))
        kill(which);
    auto& reborn = processes_[which.number()];
    ++reborn.incarnation;
    ++reborn.lives;
    reborn.alive = true;
    reborn.failure = nullptr;
    std::optional<task<>> body;
    call_guarded(&name(which), [&] { body.emplace(reborn.entry(which)); });
    spawn(which, *std::move(body));
}

CONVERGE_DECL void world::spawn(process which, task<> body)
{
    spawn(which, std::move(body), ++processes_[which.number()].spawned);
}

CONVERGE_DECL void world::spawn(process which, task<> body, std::uint64_t key)
{
    auto const& in = processes_[which.number()];
    boost::asio::co_spawn(new_task(which, detail::mixed(detail::hash_of(in.name) ^ key)),
                          std::move(body), ended{this, which.number(), in.incarnation});
}

CONVERGE_DECL void world::crash(process which, std::uint64_t step, duration downtime,
                                std::function<void()> happens)
{
    crashes_.push_back(
        {which, processes_[which.number()].steps + step, downtime, std::move(happens)});
}

CONVERGE_DECL void world::pause(process which, duration span)
{
    auto& of = processes_[which.number()];
    if (!of.alive || of.paused)
        return;
    of.paused = true;
    ring_at(converge::detail::later(now(), span),
            [this, number = which.number(), life = of.incarnation] { resume(number, life); });
}

CONVERGE_DECL void world::resume(std::uint32_t number, std::uint32_t incarnation)
{
    auto& of = processes_[number];
    if (of.incarnation != incarnation)
        return;
    of.paused = false;
    for (auto& each : held_)
        if (each.from.process == number)
            ready_.push_back(std::move(each));
    std::erase_if(held_, [](auto const& each) { return each.next == nullptr; });
}

CONVERGE_DECL void world::at(instant due, std::function<void()> act)
{
    ring_at(due, [this, act = std::move(act)] { call_guarded(nullptr, act); });
}

CONVERGE_DECL void world::ring_at(instant due, std::function<void()> act)
{
    std::erase_if(script_, [](auto const& each) { return each->token == nullptr; });
    auto const entry = std::make_shared<scripted>(std::move(act));
    script_.push_back(entry);
    entry->token = time_.set_alarm(executor_of_driver(), due, entry);
}

CONVERGE_DECL stop_reason world::run_until(std::function<bool()> const& done, duration limit,
                                           std::uint64_t steps_max)
{
    auto const over = converge::detail::later(now(), limit);
    stepping_on_ = detail::this_thread_mark();
    for (std::uint64_t made = 0; !done(); ++made) {
        if (made == steps_max)
            return stop_reason::steps_over;
        if (!ready_.empty()) {
            step();
            continue;
        }
        auto const due = time_.next_due();
        if (!due)
            return stop_reason::quiet;
        if (*due > over) {
            time_.advance_to(over);
            return stop_reason::time_over;
        }
        time_.ring_next();
    }
    return stop_reason::done;
}

CONVERGE_DECL stop_reason world::run_for(duration span)
{
    return run_until([] { return false; }, span);
}

CONVERGE_DECL executor world::new_task(process which, std::uint64_t key)
{
    detail::origin const from{tasks_.add(key), which.number(),
                              processes_[which.number()].incarnation};
    return detail::world_executor{*this, from};
}

CONVERGE_DECL executor world::executor_of_driver()
{
    return detail::world_executor{*this, detail::origin{}};
}

CONVERGE_DECL void world::enqueue(detail::origin from, std::unique_ptr<detail::turn> next)
{
    auto const* const on = stepping_on_.load();
    if (on != nullptr && on != detail::this_thread_mark()) {
        strangers_ = true;
        return;
    }
    // A dead process's turns are dropped: that unwinds what they hold.
    if (!lives(from))
        return;
    auto& into = processes_[from.process].paused ? held_ : ready_;
    into.push_back({from, rank_of(from), std::move(next)});
}

CONVERGE_DECL bool world::lives(detail::origin from) const
{
    auto const& of = processes_[from.process];
    return of.alive && of.incarnation == from.incarnation;
}

CONVERGE_DECL std::uint64_t world::rank_of(detail::origin from)
{
    auto& of = tasks_.state(from.task);
    switch (order_) {
    case turn_order::fifo: return ++enqueued_;
    case turn_order::uniform: return detail::mixed(seed_ ^ of.key ^ (++of.turns << 32));
    case turn_order::ranked: break;
    }
    // Demoted tasks after all others, the last demoted the last.
    constexpr auto highest = std::numeric_limits<std::uint64_t>::max();
    return of.demoted != 0 ? highest - 8 + of.demoted : detail::mixed(seed_ ^ of.key) / 2;
}

CONVERGE_DECL void world::step()
{
    auto const first = std::ranges::min_element(ready_, {}, &waiting_turn::rank);
    auto taken = std::move(*first);
    if (first != ready_.end() - 1)
        *first = std::move(ready_.back());
    ready_.pop_back();
    take(std::move(taken));
}

CONVERGE_DECL void world::take(waiting_turn taken)
{
    process const which{taken.from.process};
    auto& of = processes_[which.number()];
    // It was paused since this turn was queued.
    if (of.paused) {
        held_.push_back(std::move(taken));
        return;
    }
    if (dies_now(which, of.steps + 1, taken))
        return;
    ++of.steps;
    ++steps_;
    fold(tasks_.state(taken.from.task).key);
    fold(which.number());
    fold(static_cast<std::uint64_t>(now().time_since_epoch().count()));
    if (std::ranges::find(demotions_, steps_) != demotions_.end())
        tasks_.state(taken.from.task).demoted = ++demoted_;
    running_ = which.number();
    {
        detail::step_guard const guard;
        taken.next->take();
        taken.next.reset();
    }
    refuse_culprits(&name(which));
}

CONVERGE_DECL void world::refuse_culprits(std::string const* who)
{
    if (auto const* const culprit = detail::tripped())
        refuse(who, std::string{"calls "} + culprit + ", which a simulation cannot decide; " +
                        detail::remedy(culprit));
    if (boost::asio::has_service<boost::asio::detail::timer_scheduler>(*this))
        refuse(who, "waits with a timer or a socket of Asio, which run on real time and on a "
                    "thread of their own; use converge::sleep_for or converge::sleep_until");
    if (strangers_.exchange(false))
        refuse(who, "is resumed by another thread; all that a simulation runs must run in it");
}

CONVERGE_DECL void world::refuse(std::string const* who, std::string const& what) const
{
    auto const said = who == nullptr ? "what the script does" : "process \"" + *who + '"';
    throw error{errc::invalid, said + ", step " + std::to_string(steps_) + ": " + what};
}

CONVERGE_DECL bool world::dies_now(process which, std::uint64_t next_step, waiting_turn& taken)
{
    auto const due = std::ranges::find_if(crashes_, [&](auto const& plan) {
        return plan.victim == which && plan.before_step <= next_step;
    });
    if (due == crashes_.end())
        return false;
    auto const downtime = due->downtime;
    auto const happens = std::move(due->happens);
    if (happens)
        happens();
    ready_.push_back(std::move(taken));
    kill(which);
    ring_at(converge::detail::later(now(), downtime), [this, which] {
        if (!alive(which))
            restart(which);
    });
    return true;
}

/// Destroys what is left of a dead process, the youngest tasks first: children before the
/// parents whose locals they use.
CONVERGE_DECL void world::end(std::uint32_t number)
{
    // By task, the last first; those of one task in the order in which they stand.
    std::multimap<std::uint64_t, std::shared_ptr<converge::detail::parked>, std::greater<>> parked;
    for (auto& waiter : tasks_.waiting()) {
        auto const* where = waiter->where().target<detail::world_executor>();
        if (where != nullptr && where->from().process == number)
            parked.emplace(where->from().task, std::move(waiter));
    }
    std::multimap<std::uint64_t, std::unique_ptr<detail::turn>, std::greater<>> turns;
    auto const collect = [&](waiting_turn& each) {
        if (each.from.process != number)
            return false;
        turns.emplace(each.from.task, std::move(each.next));
        return true;
    };
    std::erase_if(ready_, collect);
    std::erase_if(held_, collect);
    auto turn = turns.begin();
    for (auto& [task_number, waiter] : parked) {
        for (; turn != turns.end() && turn->first > task_number; ++turn)
            turn->second.reset();
        waiter->abandon();
    }
    for (; turn != turns.end(); ++turn)
        turn->second.reset();
}

} // namespace converge::testing
