// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/detail/write_gate.hpp>

#include <controller/simulation.hpp>

#include <converge/client/view.hpp>

using namespace control_test;

namespace {

/// Makes one page at a time, by what its view shows.
task<outcome> grow(client api, object<site> of, view<page> pages)
{
    auto const own = pages.owned_by(of);
    if (static_cast<int>(own.size()) >= of.spec.pages)
        co_return converge::settled();
    object<page> fresh{page_of(of, "")};
    fresh.metadata.generate_name = of.metadata.name + "-";
    co_await api.create(fresh);
    co_return converge::again_in(1ms);
}

/// A controller that makes pages with the client that it is given, or with `other`.
controller<site> growing(std::optional<client> other = {})
{
    controller<site> const made{[other](client api, object<site> of, view<page> pages) {
        return grow(other ? *other : std::move(api), std::move(of), std::move(pages));
    }};
    return made.owns<page>();
}

/// How many pages there are too many when `made` had to make 3 for each of 3 sites.
int surplus(simulation& sim, controller<site> const& made)
{
    for (auto const* name : {"a", "b", "c"})
        sim.run(sim.person.create(site_named(name, 3)));
    sim.start(made);
    sim.world.run_for(1min);
    return static_cast<int>(sim.all<page>().size()) - 9;
}

network_weather slow_watches()
{
    return network_weather{}.delaying(50ms);
}

/// Writes a theme, which nobody shows for a while, then only notes.
task<outcome> paint_once(journal& seen, client api, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (of.metadata.name == "a" && seen.count("a") == 1) {
        object<theme> fresh{"dark"};
        co_await api.create(fresh);
    }
    co_return converge::again_in(10s);
}

} // namespace

TEST_CASE("a reconciler that creates what its view lacks never creates it twice")
{
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        CAPTURE(seed);
        simulation sim{seed, slow_watches()};
        CHECK(surplus(sim, growing().workers(1 + static_cast<unsigned>(seed % 3))) == 0);
    }
}

TEST_CASE("what is written past the client that was handed in is not waited for")
{
    // The same, but with the promise given away: shows that the test above can fail.
    int found = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        simulation sim{seed, slow_watches()};
        found += surplus(sim, growing(sim.connect()));
    }
    CHECK(found > 0);
}

TEST_CASE("a reconciler sees its own status write in the object at its next run")
{
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        CAPTURE(seed);
        simulation sim{seed, slow_watches()};
        sim.run(sim.person.create(site_named("a", 10)));
        controller<site> const counting{[](client api, object<site> of) -> task<outcome> {
            if (of.status.ready == of.spec.pages)
                co_return converge::settled();
            ++of.status.ready;
            co_await api.update_status(of);
            co_return converge::again_in(0ms);
        }};
        sim.start(counting);
        sim.settle();
        CHECK(sim.all<site>()[0]->status.ready == 10);
        CHECK(sim.results("conflict") == 0);
    }
}

TEST_CASE("a key that waits for its writes to show holds up no other")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(site_named("b")));
        journal seen;
        controller<site> const painting{[&](client api, object<site> of, view<theme>) {
            return paint_once(seen, std::move(api), std::move(of));
        }};
        auto const& themes = converge::type_of<theme>().collection;
        sim.start(painting);
        REQUIRE(sim.world.run_until([&] { return !seen.runs.empty(); }, 1h) == stop_reason::done);
        // The theme's event ends its watch, and listing takes longer than anyone waits.
        sim.line->list_delay[themes] = 4min;
        sim.line->cut = true;
        sim.world.run_for(5s);
        sim.line->cut = false;
        sim.world.run_for(1min);
        auto const runs_of_a = seen.count("a");
        CHECK(runs_of_a == 1);
        CHECK(seen.count("b") >= 6);
        sim.line->list_delay.clear();
        sim.world.run_for(10min);
        CHECK(seen.count("a") > runs_of_a);
    });
}

TEST_CASE("kinds that nobody caches hold nothing up")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        controller<site> const painting{[&](client api, object<site> of) {
            return paint_once(seen, std::move(api), std::move(of));
        }};
        sim.start(painting);
        sim.world.run_for(1min);
        CHECK(seen.count("a") >= 6);
    });
}
