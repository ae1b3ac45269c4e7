// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "simulation.hpp"

#include <converge/async/race.hpp>

using namespace control_test;

namespace {

task<outcome> again_never(journal& seen, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    co_return converge::again_in(converge::duration::max());
}

task<outcome> take_an_hour(int& finished)
{
    co_await converge::sleep_for(1h);
    ++finished;
    co_return converge::settled();
}

task<> plane_until(simulation& sim, controller<site> sites, converge::duration span)
{
    auto body = converge::run(sim.connect(), sim.plain().draining_for(converge::duration::max()),
                              std::move(sites));
    co_await converge::deadline(std::move(body), span);
}

} // namespace

TEST_CASE("again_in and resync without end never come due")
{
    simulation sim{1};
    sim.run(converge::sleep_for(1h));
    journal seen;
    controller<site> const patient{
        [&](client, object<site> of) { return again_never(seen, std::move(of)); }};
    sim.start(patient.resync(converge::duration::max()));
    sim.run(sim.person.create(site_named("a")));
    auto const ended = sim.world.run_until([&] { return seen.count("a") > 1; }, 24h);
    CHECK(ended == stop_reason::time_over);
    CHECK(seen.count("a") == 1);
}

TEST_CASE("a control plane that drains without end lets what is in progress finish")
{
    simulation sim{1};
    sim.run(converge::sleep_for(1h));
    sim.run(sim.person.create(site_named("a")));
    int finished = 0;
    controller<site> const slow{[&](client, object<site>) { return take_an_hour(finished); }};
    sim.world.start("plane", [&] { return plane_until(sim, slow.without_time_limit(), 1min); });
    sim.settle();
    CHECK(finished == 1);
}
