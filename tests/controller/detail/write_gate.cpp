// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/detail/write_gate.hpp>

#include <controller/simulation.hpp>

#include <converge/client/view.hpp>

using namespace control_test;

namespace {

network_weather slow_watches() { return network_weather{}.delaying(50ms); }

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

TEST_CASE("kinds that only another controller reads hold nothing up")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        controller<site> const painting{[&](client api, object<site> of) {
            return paint_once(seen, std::move(api), std::move(of));
        }};
        controller<page> const reading{[](client, object<page>, view<theme>) -> task<outcome> {
            co_return converge::settled();
        }};
        sim.start(painting, reading);
        sim.world.run_for(1min);
        CHECK(seen.count("a") >= 6);
    });
}
