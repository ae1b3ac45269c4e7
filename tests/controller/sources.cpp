// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/event_channel.hpp>

#include "simulation.hpp"

#include <converge/async/race.hpp>

#include <stdexcept>

using namespace control_test;
using converge::event_channel;

namespace {

/// Fails at first, then names one site.
task<std::vector<converge::key<site>>> ask(int& calls, std::string name)
{
    if (++calls == 1)
        throw std::runtime_error{"nobody answers"};
    std::vector<converge::key<site>> due;
    due.push_back(site_key(std::move(name)));
    co_return due;
}

task<outcome> throw_after(journal& seen, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    throw std::runtime_error{"no luck"};
}

/// Asks what never answers.
task<std::vector<converge::key<site>>> ask_in_vain()
{
    co_await converge::sleep_for(24h);
    co_return std::vector<converge::key<site>>{};
}

task<> do_nothing_for(converge::duration span) { co_await converge::sleep_for(span); }

task<> plane_for(simulation& sim, controller<site> sites, converge::duration span, bool& ended)
{
    auto plane = converge::run(sim.connect(), sim.plain(), std::move(sites));
    co_await converge::until(do_nothing_for(span), std::move(plane));
    ended = true;
}

} // namespace

TEST_CASE("a channel runs the object that was sent, once however often it was")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    sim.run(sim.person.create(site_named("b")));
    event_channel<site> const channel;
    journal first;
    journal second;
    channel.send(site_key("a"));
    sim.start(noting(first).triggered_by(channel),
              noting(second).named("other").triggered_by(channel));
    sim.settle();
    CHECK(first.count("a") == 1);
    channel.send(site_key("a"));
    channel.send(site_key("a"));
    channel.send(site_key("nobody"));
    sim.settle();
    CHECK(first.count("a") == 2);
    CHECK(second.count("a") == 2);
    CHECK(first.count("b") == 1);
    CHECK(first.count("nobody") == 0);
}

TEST_CASE("polling runs what is named each period, and goes on after a failure")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    sim.run(sim.person.create(site_named("b")));
    journal seen;
    int calls = 0;
    sim.start(noting(seen).polls(1min, [&](client) { return ask(calls, "a"); }));
    sim.world.run_for(210s);
    CHECK(calls == 4);
    CHECK(seen.count("a") == 4);
    CHECK(seen.count("b") == 1);
    auto const errors =
        sim.metrics->counter("converge_trigger_errors_total", "", {{"controller", "site"}});
    CHECK(errors.value() == 1);
}

TEST_CASE("a control plane with channels and polls under way stops at once")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    event_channel<site> const channel;
    journal seen;
    auto const sites =
        noting(seen).triggered_by(channel).polls(1min, [](client) { return ask_in_vain(); });
    bool ended = false;
    sim.world.start("plane", [&] { return plane_for(sim, sites, 5min, ended); });
    sim.world.run_for(301s);
    CHECK(ended);
    CHECK(seen.count("a") == 1);
}

TEST_CASE("what is more urgent runs first, and a change before what was there at the start")
{
    simulation sim{1};
    for (int i = 0; i != 5; ++i)
        sim.run(sim.person.create(site_named("s" + std::to_string(i), i)));
    journal seen;
    sim.start(noting(seen, 10ms).prioritized([](object<site> const& of) { return of.spec.pages; }));
    sim.settle();
    std::string order;
    for (auto const& each : seen.runs)
        order += each.name;
    // Who waits for the first place while the caches fill has it.
    CHECK(order == "s4s3s2s1s0");
}

TEST_CASE("a retry function decides the wait by key and attempt")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    std::vector<unsigned> attempts;
    auto const failing = [&](client, object<site> of) -> task<outcome> {
        return seen.count("a") < 3 ? throw_after(seen, std::move(of)) : note(seen, std::move(of));
    };
    sim.start(controller<site>{failing}.retrying(
        [&](converge::key<site> const& id, unsigned attempt, converge::failure const& why) {
            CHECK(id == site_key("a"));
            CHECK(why.what().find("no luck") != std::string::npos);
            attempts.push_back(attempt);
            return converge::duration{1min};
        }));
    sim.settle();
    auto const times = seen.times("a");
    REQUIRE(times.size() == 4);
    CHECK(times[1] - times[0] == 1min);
    CHECK(times[3] - times[2] == 1min);
    CHECK(attempts == std::vector<unsigned>{0, 1, 2});
}
