// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/simulation_state.hpp>

#include <converge/async/sleep.hpp>
#include <converge/core/detail/caught.hpp>
#include <converge/core/failure.hpp>
#include <converge/work/detail/saturating.hpp>

#include <algorithm>
#include <chrono>

namespace converge::testing::detail {

/// Without a write for this long, and with nothing under way, all is taken to be at rest: informers
/// wait half a minute at most before they try again.
inline constexpr duration rest_span = std::chrono::seconds{45};
/// How long nothing may be written then.
inline constexpr duration quiet_span = std::chrono::minutes{2};
/// How long a user's scripts may take.
inline constexpr duration scripts_max = std::chrono::hours{1};
/// More than the longest scenario known makes a hundred times over.
inline constexpr std::uint64_t steps_max = 5'000'000;

/// Lets the wall clock jump now and then.
CONVERGE_DECL task<> simulation_state::disturb_clocks()
{
    using namespace std::chrono_literals;
    if (auto const late = faults.fires(fault_kind::late_timers, "timers"))
        world.delay_timers(late->span(1ms, 2s));
    for (auto passed = 0s; passed < faulty; passed += 20s) {
        co_await sleep_for(20s);
        if (auto const jump = faults.fires(fault_kind::clock_jump, "wall clock"))
            world.jump_wall(jump->coin() ? jump->span(1s, 1h) : -jump->span(1s, 1h));
    }
}

CONVERGE_DECL void simulation_state::run_faults()
{
    start_api();
    for (auto& [name, start] : environments_)
        add_environment(std::move(name), std::move(start));
    for (auto const& [name, start] : planned_planes_)
        start_plane(name, start);
    draw_desired();
    world.start("clock", [this] { return disturb_clocks(); });
    for (auto& each : users_)
        world.start(each.what.first, [this, &each] { return play(each); });
    auto const users_done = [this] {
        return std::ranges::all_of(users_, [](user_state const& each) { return each.done; });
    };
    (void)step_until([&] { return world.now() >= instant{faulty} && users_done(); }, scripts_max);
    if (!wrong_ && !users_done())
        accuse("the user's scripts end", "a script has not ended after an hour");
    for (auto const& each : users_)
        check_user(each);
    for (auto const each : planes_)
        steps_in_faults_[world.name(each)] = world.steps(each);
    faults.stop();
    world.delay_timers(duration::zero());
    calm_writes_.emplace();
    tell("fault", "no more faults from here");
}

CONVERGE_DECL void simulation_state::check_user(user_state const& one)
{
    if (!one.failure || wrong_)
        return;
    try {
        std::rethrow_exception(one.failure);
    } catch (...) {
        accuse("the user's scripts work", one.what.first + ": " + converge::detail::caught().what());
    }
}

CONVERGE_DECL void simulation_state::run_calm()
{
    using namespace std::chrono_literals;
    auto const over = converge::detail::later(world.now(), patience);
    still_since_ = world.now();
    while (!wrong_ && world.now() < over) {
        auto const slice_end = converge::detail::later(world.now(), 5s);
        bool const goes_on = step_until([&] { return world.now() >= slice_end; }, 5s);
        if (!still())
            still_since_ = world.now();
        if (at_rest(!goes_on) && unmet().empty())
            break;
        if (!goes_on)
            break;
    }
    if (wrong_)
        return;
    check_planes();
    if (auto why = unmet(); !why.empty())
        accuse("it comes to rest as it must", std::move(why));
    else if (!at_rest(world_is_quiet_))
        accuse("it comes to rest", "ten minutes after the last fault " + last_write_text_ +
                                       " was written");
}

CONVERGE_DECL void simulation_state::run_quiet()
{
    auto const now = store.now();
    statuses.rested(now);
    rest.rested(now);
    forbids_writes_ = "nothing is written at rest";
    (void)step_until([] { return false; }, quiet_span);
    if (wrong_)
        return;
    rest.quiet(store.now());
    if (auto why = unmet(); !wrong_ && !why.empty())
        accuse("it stays as it must", std::move(why));
}

CONVERGE_DECL void simulation_state::run_again()
{
    forbids_writes_ = "a second look changes nothing";
    tell("fault", "all planes start again");
    auto const planes = planes_;
    for (auto const each : planes) {
        world.kill(each);
        world.restart(each);
    }
    (void)step_until([] { return false; }, quiet_span / 2);
    if (auto why = unmet(); !wrong_ && !why.empty())
        accuse("it stays as it must after a restart", std::move(why));
}

CONVERGE_DECL run_report simulation_state::run(timeline* into)
{
    if (running_)
        throw error{errc::invalid, "a simulation runs once; make another for another run"};
    told_ = into;
    faults.on_fault([this](fault const& one) { tell("fault", to_string(one)); });
    try {
        running_ = true;
        using part = void (simulation_state::*)();
        for (part const each : {&simulation_state::run_faults, &simulation_state::run_calm,
                                &simulation_state::run_quiet, &simulation_state::run_again})
            if (!wrong_)
                (this->*each)();
    } catch (...) {
        accuse("the simulation runs", converge::detail::caught().what());
    }
    run_report report;
    report.wrong = wrong_;
    report.faults = faults.fired();
    report.fingerprint = world.fingerprint();
    report.steps = world.steps();
    report.writes = writes_;
    report.reconciles = reconciles_;
    report.span = world.now().time_since_epoch();
    return report;
}

CONVERGE_DECL bool simulation_state::step_until(std::function<bool()> const& done, duration limit)
{
    auto const made = world.steps();
    auto const stops = [&] {
        if (trace)
            trace->note(world);
        return wrong_ || done();
    };
    auto const ended = world.run_until(stops, limit, steps_max - std::min(steps_max, made));
    if (ended == stop_reason::steps_over)
        accuse("it does not spin", "more than " + std::to_string(steps_max) +
                                       " steps; at the end " + last_write_text_ + " was written");
    world_is_quiet_ = ended == stop_reason::quiet;
    return !world_is_quiet_;
}

CONVERGE_DECL bool simulation_state::still() const
{
    return wire_->held_up == 0 && !rest.tries_again(store.now()) &&
           std::ranges::all_of(planes_, [this](process each) {
               return world.alive(each) && !world.paused(each);
           });
}

CONVERGE_DECL bool simulation_state::at_rest(bool nothing_happens) const
{
    return still() &&
           (nothing_happens || world.now() - std::max(last_write_, still_since_) >= rest_span);
}

CONVERGE_DECL void simulation_state::check_planes()
{
    for (auto const each : planes_) {
        if (wrong_ || !world.failure(each))
            continue;
        try {
            std::rethrow_exception(world.failure(each));
        } catch (...) {
            accuse("planes do not end by themselves",
                   world.name(each) + ": " + converge::detail::caught().what());
        }
    }
}

CONVERGE_DECL std::string simulation_state::unmet()
{
    auto const now = store.now();
    for (auto const& [name, holds] : eventually)
        if (auto what = holds(now); !what.empty())
            return name + ": " + what;
    for (auto const& rule : poisons_)
        for (auto const& [key, object] : now.everything()) {
            if (&object.type() != rule.type || key == wire_->poisoned)
                continue;
            if (auto what = rule.holds(object); !what.empty())
                return rule.name + ": " + to_string(object.ref()) + ": " + what +
                       (wire_->poisoned.empty() ? "" : " (all writes of " + wire_->poisoned + " fail)");
        }
    return {};
}

} // namespace converge::testing::detail
