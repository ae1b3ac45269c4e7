// SPDX-License-Identifier: BSL-1.0
#include <converge/manager/run.hpp>

#include "ending.hpp"

#include <converge/async/race.hpp>

#include <set>

using namespace control_test;
using converge::errc;
using converge::instant;

namespace {

/// Runs controllers until `due`.
template <class... Cs>
process start_until(simulation& sim, ending& into, instant due, converge::control_context context,
                    Cs... controllers)
{
    return sim.world.start("plane", [&sim, &into, due, context, controllers...] {
        return watch_end(into,
                         converge::until(converge::sleep_until(due),
                                         converge::run(sim.connect(), context, controllers...)));
    });
}

task<outcome> take(journal& seen, int& finished, object<site> of, converge::duration span)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    co_await converge::sleep_for(span);
    ++finished;
    co_return converge::settled();
}

task<outcome> count_later(std::vector<std::size_t>& counts, view<page> pages)
{
    counts.push_back(pages.size());
    co_await converge::sleep_for(10s);
    counts.push_back(pages.size());
    co_return converge::settled();
}

task<outcome> climb(client api, object<site> of)
{
    if (of.status.ready == of.spec.pages)
        co_return converge::settled();
    of.status.ready += of.status.ready < of.spec.pages ? 1 : -1;
    co_await api.update_status(of);
    co_return converge::again_in(10ms);
}

task<> yield_times(int times)
{
    for (int i = 0; i < times; ++i)
        co_await converge::yield();
}

task<> run_for_turns(client api, int turns, controller<site> first, controller<page> second)
{
    co_await converge::until(yield_times(turns), converge::run(std::move(api), first, second));
}

task<outcome> content(client, object<page>)
{
    co_return converge::settled();
}

/// What a control plane that is killed before its `step`-th step leaves after its restart.
bool converges_after_crash(std::uint64_t seed, std::uint64_t step,
                           std::optional<network_weather> weather)
{
    CAPTURE(seed);
    CAPTURE(step);
    simulation sim{seed, std::move(weather)};
    sim.run(sim.person.create(site_named("a", 3)));
    sim.run(sim.person.create(site_named("b", 2)));
    auto const plane = sim.start(controller<site>{climb}.workers(2));
    sim.world.crash(plane, step, 20ms);
    sim.settle();
    CHECK(sim.all<site>()[0]->status.ready == 3);
    CHECK(sim.all<site>()[1]->status.ready == 2);
    return sim.world.steps(plane) >= step;
}

std::uint64_t fingerprint_of(std::uint64_t seed)
{
    auto const weather = network_weather{}.losing_requests(0.05).losing_answers(0.05);
    simulation sim{seed, weather};
    auto const plane = sim.start(controller<site>{climb}.workers(2));
    for (auto const* name : {"a", "b", "c"})
        sim.run(sim.person.create(site_named(name, 4)));
    sim.world.crash(plane, 20, 1s);
    sim.settle();
    return sim.world.fingerprint();
}

} // namespace

TEST_CASE("a stopping control plane takes no new keys and lets what is in progress end")
{
    each_seed(20, [](simulation& sim) {
        for (auto const* name : {"a", "b", "c", "d"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        int finished = 0;
        ending end;
        controller<site> const slow{[&](client, object<site> of) {
            return take(seen, finished, std::move(of), 3s);
        }};
        auto const due = sim.world.now() + 5s;
        auto const plane = start_until(sim, end, due, sim.plain().draining_for(10s), slow);
        sim.settle();
        REQUIRE(end.at);
        CHECK_FALSE(end.failure);
        CHECK(seen.runs.size() == 2);
        CHECK(finished == 2);
        CHECK(*end.at > due);
        CHECK(*end.at < due + 2s);
        CHECK(sim.active() == 0);
        CHECK_FALSE(sim.world.failure(plane));
    });
}

TEST_CASE("what is still in progress after the grace period is cancelled, and not retried")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        int finished = 0;
        ending end;
        controller<site> const slow{[&](client, object<site> of) {
            return take(seen, finished, std::move(of), 1h);
        }};
        auto const due = sim.world.now() + 5s;
        start_until(sim, end, due, sim.plain().draining_for(10s), slow);
        sim.settle();
        REQUIRE(end.at);
        CHECK(*end.at == due + 10s);
        CHECK(seen.runs.size() == 1);
        CHECK(finished == 0);
        CHECK(seen.active() == 0);
        CHECK(sim.active() == 0);
        CHECK(sim.results("error") == 0);
    });
}

TEST_CASE("R13 caches go on until the controllers have ended")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        std::vector<std::size_t> counts;
        ending end;
        controller<site> const counting{[&](client, object<site>, view<page> pages) {
            return count_later(counts, std::move(pages));
        }};
        start_until(sim, end, sim.world.now() + 5s, sim.plain().draining_for(1min), counting);
        sim.world.run_for(7s);
        CHECK_FALSE(end.at);
        sim.run(sim.person.create(object<page>{"late"}));
        sim.settle();
        CHECK(end.at);
        CHECK(counts == std::vector<std::size_t>{0, 1});
    });
}

TEST_CASE("a control plane may be stopped in any turn, and leaves nothing behind")
{
    for (std::uint64_t seed = 0; seed < 4; ++seed)
        for (int turns = 0; turns < 120; ++turns) {
            CAPTURE(seed);
            CAPTURE(turns);
            std::optional<network_weather> weather;
            if (seed % 2 == 1)
                weather.emplace();
            simulation sim{seed, weather};
            sim.run(sim.person.create(site_named("a", 3)));
            sim.settle();
            // Those of a server outside the control plane.
            auto const watches = sim.store.stats().watches;
            auto const plane = sim.world.start("plane", [&] {
                return run_for_turns(sim.connect(), turns, controller<site>{climb}.owns<page>(),
                                     controller<page>{content});
            });
            sim.settle();
            CHECK_FALSE(sim.world.failure(plane));
            CHECK(sim.store.stats().watches == watches);
        }
}

TEST_CASE("R12 two controllers of one name are refused before anything starts")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const plane = sim.start(noting(seen), noting(seen).resync(1h));
    sim.settle();
    REQUIRE(sim.world.failure(plane));
    try {
        std::rethrow_exception(sim.world.failure(plane));
    } catch (converge::error const& refused) {
        CHECK(refused.is(errc::invalid));
        CHECK(refused.reason().what().find("\"site\": two controllers") == 0);
    }
    CHECK(seen.runs.empty());
}

TEST_CASE("controllers of one kind with names of their own all run it")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal first;
        journal second;
        sim.start(noting(first), noting(second).named("other"));
        sim.settle();
        CHECK(first.count("a") == 1);
        CHECK(second.count("a") == 1);
    });
}

TEST_CASE("all controllers of a control plane share one cache a kind")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    std::vector<std::size_t> counts;
    controller<site> const counting{[&](client, object<site>, view<page> pages) {
        return count_later(counts, std::move(pages));
    }};
    sim.start(counting.owns<page>(), controller<page>{content});
    sim.settle();
    CHECK(counts.size() == 2);
    CHECK(sim.line->list_count[converge::type_of<page>().collection] == 1);
    CHECK(sim.line->list_count[converge::type_of<site>().collection] == 1);
}

TEST_CASE("R1 what happened while a control plane was down is seen after its restart")
{
    each_seed(50, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a", 3)));
        sim.run(sim.person.create(site_named("gone", 1)));
        auto const plane = sim.start(controller<site>{climb});
        sim.settle();
        sim.world.kill(plane);
        sim.run(sim.person.apply(site_named("a", 1)));
        sim.run(sim.person.create(site_named("b", 2)));
        sim.run(sim.person.remove(site_key("gone")));
        sim.settle();
        sim.world.restart(plane);
        sim.settle();
        REQUIRE(sim.all<site>().size() == 2);
        CHECK(sim.all<site>()[0]->status.ready == 1);
        CHECK(sim.all<site>()[1]->status.ready == 2);
        CHECK(sim.results("error") == 0);
    });
}

TEST_CASE("killed at any step, a control plane converges after its restart")
{
    for (std::uint64_t seed = 0; seed < 4; ++seed)
        for (std::uint64_t step = 1; converges_after_crash(seed, step, {}); ++step)
            ;
}

TEST_CASE("killed at any step with requests under way, a control plane converges")
{
    for (std::uint64_t seed = 0; seed < 4; ++seed)
        for (std::uint64_t step = 1;
             converges_after_crash(seed, step, network_weather{}.delaying(40ms)); ++step)
            ;
}

TEST_CASE("a control plane converges over a network that loses requests and answers")
{
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        converges_after_crash(seed, 30 + seed,
                              network_weather{}.losing_requests(0.2).losing_answers(0.2));
}

TEST_CASE("the same seed gives the same run of a whole control plane, step by step")
{
    std::set<std::uint64_t> different;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        auto const first = fingerprint_of(seed);
        CHECK(first == fingerprint_of(seed));
        different.insert(first);
    }
    CHECK(different.size() == 50);
}
