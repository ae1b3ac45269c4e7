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

/// How long nothing may have been written before all is taken to be at rest, unless it is set:
/// informers wait half a minute at most before they try again.
inline constexpr duration rest_span = std::chrono::seconds{45};
/// How long nothing may be written then.
inline constexpr duration quiet_span = std::chrono::minutes{2};
/// How long a user's scripts may take, unless faults go on for longer.
inline constexpr duration scripts_max = std::chrono::hours{1};
/// More than the longest scenario known makes a hundred times over.
inline constexpr std::uint64_t steps_max = 5'000'000;

/// "10m", "1h 5s", "250ms".
[[nodiscard]] inline std::string in_words(duration span)
{
    using namespace std::chrono_literals;
    if (span < 1s)
        return std::to_string(span / 1ms) + "ms";
    std::string text;
    for (auto const& [unit, name] :
         {std::pair<duration, char const*>{1h, "h"}, {1min, "m"}, {1s, "s"}}) {
        auto const count = span / unit;
        span -= count * unit;
        if (count != 0)
            text += (text.empty() ? "" : " ") + std::to_string(count) + name;
    }
    return text;
}

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
    others_.push_back(world.start("clock", [this] { return disturb_clocks(); }));
    for (auto& each : users_)
        world.start(each.what.first, [this, &each] { return play(each); });
    auto const users_done = [this] {
        return std::ranges::all_of(users_, [](user_state const& each) { return each.done; });
    };
    (void)step_until([&] { return world.now() >= instant{faulty} && users_done(); },
                     std::max(faulty, scripts_max));
    // What fails because of them is told of them.
    check_processes();
    if (!users_done())
        check_scripts();
    for (auto const& each : users_)
        check_user(each);
    stop_faults();
}

CONVERGE_DECL void simulation_state::stop_faults()
{
    for (auto const each : planes_)
        steps_in_faults_[world.name(each)] = world.steps(each);
    faults.stop();
    world.call_off_crashes();
    world.delay_timers(duration::zero());
    calm_writes_.emplace();
    tell("fault", "no more faults from here");
}

CONVERGE_DECL void simulation_state::check_scripts()
{
    std::string names;
    for (auto const& each : users_)
        if (!each.done)
            names += (names.empty() ? "" : ", ") + each.what.first;
    if (!wrong_)
        accuse("the user's scripts end",
               "after " + in_words(world.now().time_since_epoch()) + " not ended: " + names);
}

CONVERGE_DECL void simulation_state::check_user(user_state const& one)
{
    if (!one.failure || wrong_)
        return;
    try {
        std::rethrow_exception(one.failure);
    } catch (...) {
        accuse("the user's scripts work",
               one.what.first + ": " + converge::detail::caught().what());
    }
}

CONVERGE_DECL void simulation_state::run_calm()
{
    using namespace std::chrono_literals;
    if (stillness >= patience)
        throw error{errc::invalid, "rests_after(" + in_words(stillness) +
                                       ") must be less than rests_within(" + in_words(patience) +
                                       ")"};
    auto const over = converge::detail::later(world.now(), patience);
    auto const began = world.now();
    still_since_ = began;
    while (!wrong_ && world.now() < over) {
        auto const slice_end = converge::detail::later(world.now(), 5s);
        bool const goes_on = step_until([&] { return world.now() >= slice_end; }, 5s);
        if (!disturbance().empty())
            still_since_ = world.now();
        if (unrest(!goes_on).empty() && unmet().empty())
            break;
        if (!goes_on)
            break;
    }
    check_processes();
    check_met("it comes to rest as it must");
    if (auto const why = unrest(world_is_quiet_); !wrong_ && !why.empty())
        accuse("it comes to rest", in_words(world.now() - began) + " after the last fault " + why);
}

CONVERGE_DECL void simulation_state::run_quiet()
{
    auto const now = store.now();
    statuses.rested(now);
    rest.rested(now);
    forbids_writes_ = "nothing is written at rest";
    (void)step_until([] { return false; }, quiet_span);
    check_processes();
    if (wrong_)
        return;
    rest.quiet(store.now());
    check_met("it stays as it must");
}

CONVERGE_DECL void simulation_state::run_again()
{
    forbids_writes_ = "a second look changes nothing";
    tell("fault", "all planes start again");
    auto const planes = planes_;
    for (auto const each : planes) {
        // A machine that is switched off stays so.
        if (returned_.contains(each.number()) && may_end.contains(world.name(each)))
            continue;
        world.kill(each);
        world.restart(each);
    }
    (void)step_until([] { return false; }, quiet_span / 2);
    check_processes();
    check_met("it stays as it must after a restart");
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

CONVERGE_DECL std::string simulation_state::disturbance() const
{
    for (auto const each : planes_)
        if (!world.alive(each) || world.paused(each))
            return world.name(each) + (world.alive(each) ? " stands still" : " is down");
    if (wire_->held_up != 0)
        return "a request, or what a watch tells, is held up";
    return rest.tries_again(store.now());
}

CONVERGE_DECL std::string simulation_state::unrest(bool nothing_happens) const
{
    if (auto why = disturbance(); !why.empty())
        return why;
    if (auto why = rest.under_way(); !why.empty())
        return why;
    auto const passed = world.now() - std::max(last_write_, still_since_);
    if (nothing_happens || passed >= stillness)
        return {};
    return last_write_text_ + " was written, " + in_words(world.now() - last_write_) + " ago";
}

CONVERGE_DECL void simulation_state::check_processes()
{
    for (auto const* const all : {&planes_, &others_})
        for (auto const each : *all) {
            bool const is_plane = all == &planes_;
            std::string_view const oracle =
                is_plane ? "planes do not end by themselves" : "what is around the planes works";
            if (wrong_)
                return;
            if (auto const failure = world.failure(each)) {
                try {
                    std::rethrow_exception(failure);
                } catch (...) {
                    accuse(oracle, world.name(each) + ": " + converge::detail::caught().what());
                }
            } else if (is_plane && returned_.contains(each.number()) &&
                       !may_end.contains(world.name(each))) {
                accuse(oracle, world.name(each) + ": its task returned");
            }
        }
}

CONVERGE_DECL void simulation_state::check_met(std::string_view oracle)
{
    if (wrong_)
        return;
    if (auto why = unmet(); !wrong_ && !why.empty())
        accuse(oracle, std::move(why));
}

CONVERGE_DECL std::string simulation_state::unmet()
{
    auto const now = store.now();
    for (auto const& [name, holds] : eventually)
        if (auto what = ask(name, [&] { return holds(now); }); !what.empty())
            return name + ": " + what;
    for (auto const& rule : poisons_)
        for (auto const& [key, object] : now.everything()) {
            if (&object.type() != rule.type || key == wire_->poisoned)
                continue;
            auto const what = ask(rule.name, [&] { return rule.holds(object); });
            if (!what.empty())
                return rule.name + ": " + to_string(object.ref()) + ": " + what +
                       (wire_->poisoned.empty() ? ""
                                                : " (all writes of " + wire_->poisoned + " fail)");
        }
    return {};
}

} // namespace converge::testing::detail
