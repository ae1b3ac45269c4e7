// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

#include <converge/testing/check_scenario.hpp>

using namespace guarantees;
using converge::testing::fault_kind;

namespace {

/// Makes one page at a time, with a name that the api draws: only its view tells it how many there
/// are.
task<outcome> grow(client api, object<site> of, view<page> pages)
{
    auto const own = pages.owned_by(of);
    if (static_cast<int>(own.size()) >= of.spec.pages)
        co_return converge::settled();
    auto fresh = page_of(of, "");
    fresh.metadata.generate_name = of.metadata.name + "-";
    co_await api.create(std::move(fresh));
    co_return converge::again_in(1ms);
}

/// Makes pages with the client that it is given, or with `other`.
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

network_weather slow_watches() { return network_weather{}.delaying(50ms); }

task<> ask_for_more(client api)
{
    for (int pages = 1; pages <= 3; ++pages) {
        for (auto const* name : {"a", "b"})
            co_await api.apply(site_named(name, pages));
        co_await pause(15s);
    }
}

std::string all_grown(converge::testing::snapshot const& now)
{
    auto const pages = now.all<page>().size();
    return pages == 6 ? std::string{} : std::to_string(pages) + " pages instead of 6";
}

/// Whatever makes a cache late or blind. A create of which nobody learns (its answer is lost, its
/// sender died) is no own write that could be waited for: those need names that are the same again.
void grow_with_bad_caches(converge::testing::simulation& sim)
{
    sim.plane("controllers",
              [](client api) { return converge::run(std::move(api), growing().workers(2)); });
    sim.user("user", ask_for_more);
    sim.faults_for(30s);
    for (auto const kind : {fault_kind::lost_answer, fault_kind::late_request, fault_kind::crash,
                            fault_kind::crash_in_request, fault_kind::slow_answer,
                            fault_kind::lost_request, fault_kind::pause})
        sim.chance_of(kind, 0);
    sim.eventually("every site has its pages", all_grown);
    sim.at_most<site, page>(
        [](object<site> const& owner) { return static_cast<std::size_t>(owner.spec.pages); });
}

/// The first run of `a` writes a theme, which nobody shows for a while.
task<outcome> paint_once(journal& seen, client api, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (of.metadata.name == "a" && seen.count("a") == 1) {
        object<theme> fresh{"dark"};
        co_await api.create(std::move(fresh));
    }
    co_return converge::again_in(10s);
}

} // namespace

TEST_CASE("P1 a reconciler that creates what its view lacks never creates it twice")
{
    for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
        CAPTURE(seed);
        simulation sim{seed, slow_watches()};
        REQUIRE(surplus(sim, growing().workers(1 + static_cast<unsigned>(seed % 3))) == 0);
    }
}

TEST_CASE("P1 nor when caches are late, blind or old")
{
    converge::testing::check_scenario({"grow with bad caches", grow_with_bad_caches, seeds()});
}

TEST_CASE("P1 what is written past the client that was handed in is not waited for")
{
    // The same, but with the promise given away: shows that the tests above can fail.
    int found = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        simulation sim{seed, slow_watches()};
        found += surplus(sim, growing(sim.connect()));
    }
    CHECK(found > 0);
}

TEST_CASE("P1 a key that waits for its writes to show holds up no other")
{
    try_seeds([](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(site_named("b")));
        journal seen;
        sim.start(controller<site>{[&](client api, object<site> of, view<theme>) {
            return paint_once(seen, std::move(api), std::move(of));
        }});
        REQUIRE(sim.world.run_until([&] { return !seen.runs.empty(); }, 1h) == stop_reason::done);
        // The theme's event ends its watch, and listing takes longer than anyone waits.
        auto const& themes = converge::type_of<theme>().collection;
        sim.line->list_delay[themes] = 4min;
        sim.line->cut = true;
        sim.world.run_for(5s);
        sim.line->cut = false;
        sim.world.run_for(1min);
        REQUIRE(seen.count("a") == 1);
        REQUIRE(seen.count("b") >= 6);
        sim.line->list_delay.clear();
        sim.world.run_for(10min);
        REQUIRE(seen.count("a") > 1);
    });
}

TEST_CASE("P1 what was written, and undone before a cache showed it, is written again")
{
    try_seeds([](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        controller<site> const keeping{keep_page};
        sim.start(keeping.owns<page>());
        converge::key<page> const made{"a-page"};
        auto const is_there = [&] {
            return sim.store.get(store_key(converge::type_of<page>(), made), {}).has_value();
        };
        REQUIRE(sim.world.run_until(is_there, 1h) == stop_reason::done);
        // No cache can have seen it yet; the next list comes when it is gone.
        sim.line->cut = true;
        sim.run(sim.person.remove(made));
        sim.world.run_for(1s);
        REQUIRE_FALSE(is_there());
        sim.line->cut = false;
        sim.settle();
        REQUIRE(is_there());
    });
}
