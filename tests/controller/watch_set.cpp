// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/watch_set.hpp>

#include "simulation.hpp"

#include <stdexcept>

using namespace control_test;
using converge::added_watch;
using converge::errc;
using converge::watch_set;

namespace {

/// Of the group and plural of `page`.
struct page_v2 {
    static constexpr converge::kind_name kind{"test.converge.dev/v2", "Page"};
    struct spec {
        double number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(page_v2::spec, (), (number))

object<theme> theme_for(std::string used_by, std::string colour = "")
{
    object<theme> made{"dark"};
    made.spec.used_by = std::move(used_by);
    made.spec.colour = std::move(colour);
    return made;
}

std::vector<converge::key<site>> user_of(object<theme> const& of)
{
    return {site_key(of.spec.used_by)};
}

std::string const& themes() { return converge::type_of<theme>().collection; }

double cached_themes(simulation const& sim)
{
    return sim.metrics->gauge("converge_cache_objects", "", {{"kind", "Theme"}}).value();
}

/// Changes its theme each minute.
task<outcome> paint(journal& seen, client api, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    auto wanted = theme_for(of.metadata.name, std::to_string(seen.runs.size()));
    co_await api.apply(std::move(wanted));
    co_return converge::again_in(1min);
}

/// Makes a theme once, which the cut line then does not show, and wants to run again and again.
task<outcome> paint_once(journal& seen, simulation& sim, client api, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (seen.runs.size() == 2) {
        sim.line->cut = true;
        co_await api.create(theme_for("nobody"));
    }
    co_return converge::again_in(1min);
}

} // namespace

TEST_CASE("a watch that is added maps what is there, then every change, until it is stopped")
{
    each_seed(20, [](simulation& sim) {
        for (auto const* name : {"a", "b"})
            sim.run(sim.person.create(site_named(name)));
        sim.run(sim.person.create(theme_for("a")));
        watch_set<site> const more;
        journal seen;
        sim.start(noting(seen).triggered_by(more));
        sim.settle();
        sim.run(sim.person.update(theme_for("a", "before")));
        sim.settle();
        CHECK(seen.runs.size() == 2);
        CHECK(sim.line->list_count[themes()] == 0);

        auto watching = more.watches<theme>(user_of);
        sim.settle();
        CHECK(seen.count("a") == 2);
        CHECK(seen.count("b") == 1);
        sim.run(sim.person.update(theme_for("b", "now")));
        sim.settle();
        CHECK(seen.count("a") == 3);
        CHECK(seen.count("b") == 2);
        CHECK(sim.line->open_watches == 2);

        watching.stop();
        CHECK_FALSE(watching);
        sim.settle();
        sim.run(sim.person.update(theme_for("a", "after")));
        sim.settle();
        CHECK(seen.runs.size() == 5);
        CHECK(sim.line->open_watches == 1);
        CHECK(sim.line->list_count[themes()] == 1);
    });
}

TEST_CASE("owned objects may be watched for a time, and what a controller reads too")
{
    each_seed(20, [](simulation& sim) {
        auto const owner = sim.run(sim.person.create(site_named("a")));
        journal seen;
        watch_set<site> const more;
        controller<site> const reading{
            [&seen](client, object<site> of, view<page>) { return note(seen, std::move(of)); }};
        sim.start(reading.triggered_by(more));
        sim.settle();
        auto const made = sim.run(sim.person.create(page_of(*owner, "p")));
        sim.settle();
        CHECK(seen.count("a") == 1);
        {
            auto const watching = more.owns<page>();
            sim.settle();
            CHECK(seen.count("a") == 2);
            sim.run(sim.person.remove(made->key()));
            sim.settle();
            CHECK(seen.count("a") == 3);
        }
        sim.run(sim.person.create(page_of(*owner, "q")));
        sim.settle();
        CHECK(seen.count("a") == 3);
        CHECK(sim.line->list_count[converge::type_of<page>().collection] == 1);
        CHECK(sim.line->open_watches == 2);
    });
}

TEST_CASE("the cache of a kind is shared by all who watch it for a time, and ends with the last")
{
    simulation sim{1};
    for (auto const* name : {"a", "b"})
        sim.run(sim.person.create(site_named(name)));
    sim.run(sim.person.create(theme_for("a")));
    watch_set<site> const first;
    watch_set<site> const second;
    journal seen;
    journal others;
    sim.start(noting(seen).triggered_by(first),
              noting(others).named("other").triggered_by(first).triggered_by(second));
    sim.settle();
    auto one = first.watches<theme>(user_of);
    auto two = second.watches<theme>(user_of);
    sim.settle();
    CHECK(sim.line->list_count[themes()] == 1);
    CHECK(cached_themes(sim) == 1);
    one.stop();
    sim.run(sim.person.update(theme_for("a", "x")));
    sim.settle();
    CHECK(seen.count("a") == 2);
    CHECK(others.count("a") == 3);
    CHECK(sim.line->open_watches == 2);
    two.stop();
    CHECK(cached_themes(sim) == 0);
    // Before the first has quite ended.
    two = second.watches<theme>(user_of);
    sim.settle();
    CHECK(others.count("a") == 4);
    CHECK(sim.line->list_count[themes()] == 2);
    CHECK(sim.line->open_watches == 2);
    CHECK(cached_themes(sim) == 1);
}

TEST_CASE("a map function may end its own watch")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    for (auto const* name : {"dark", "light"})
        sim.run(sim.person.create(object<theme>{name}));
    watch_set<site> const more;
    journal seen;
    sim.start(noting(seen).triggered_by(more));
    sim.settle();
    added_watch watching;
    int calls = 0;
    auto const once = [&](object<theme> const&) {
        ++calls;
        watching.stop();
        return std::vector{site_key("a")};
    };
    watching = more.watches<theme>(once);
    sim.settle();
    CHECK(calls == 1);
    CHECK(seen.count("a") == 2);
    // The same where the cache is there already.
    auto const keeping = more.watches<theme>(
        [](object<theme> const&) { return std::vector<converge::key<site>>{}; });
    sim.settle();
    watching = more.watches<theme>([&](object<theme> const& of) {
        return of.spec.colour.empty() ? std::vector<converge::key<site>>{} : once(of);
    });
    sim.run(sim.person.update(theme_for("", "x")));
    sim.run(sim.person.update(theme_for("", "y")));
    sim.settle();
    CHECK(calls == 2);
    CHECK(seen.count("a") == 3);
}

TEST_CASE("a kind that cannot be listed holds nothing up, and a watch of it may be stopped")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    sim.run(sim.person.create(theme_for("a")));
    sim.line->list_delay[themes()] = 1h;
    watch_set<site> const more;
    auto const kept = more.watches<theme>(user_of);
    journal seen;
    sim.start(noting(seen).triggered_by(more));
    sim.world.run_for(1min);
    CHECK(seen.count("a") == 1);
    {
        auto const given_up = more.watches<theme>(user_of);
    }
    sim.world.run_for(2h);
    CHECK(seen.count("a") == 2);
}

TEST_CASE("a key that wrote a kind does not wait for a watch of it that is not synced yet")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    sim.line->list_delay[themes()] = 1h;
    watch_set<site> const more;
    auto const watching = more.watches<theme>(user_of);
    journal seen;
    controller<site> const painting{
        [&](client api, object<site> of) { return paint(seen, std::move(api), std::move(of)); }};
    sim.start(painting.triggered_by(more));
    sim.world.run_for(10min);
    CHECK(seen.count("a") >= 10);
}

TEST_CASE("a set keeps its watches for controllers that start later, or anew")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(theme_for("nobody")));
        watch_set<site> const more;
        auto watching = more.watches<theme>(user_of);
        journal seen;
        auto const plane = sim.start(noting(seen).triggered_by(more));
        sim.settle();
        CHECK(seen.count("a") == 1);
        sim.world.kill(plane);
        sim.run(sim.person.update(theme_for("a", "x")));
        sim.world.restart(plane);
        sim.settle();
        seen.runs.clear();
        sim.run(sim.person.update(theme_for("a", "y")));
        sim.settle();
        CHECK(seen.count("a") == 1);
        sim.world.kill(plane);
        watching.stop();
        sim.world.restart(plane);
        sim.settle();
        sim.run(sim.person.update(theme_for("a", "z")));
        sim.settle();
        CHECK(seen.count("a") == 2);
    });
}

TEST_CASE("a key that waits to see its own write does not wait for a watch that was stopped")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    watch_set<site> const more;
    journal seen;
    controller<site> const painting{[&](client api, object<site> of) {
        return paint_once(seen, sim, std::move(api), std::move(of));
    }};
    sim.start(painting.triggered_by(more));
    auto watching = more.watches<theme>(user_of);
    sim.world.run_for(30min);
    CHECK(seen.count("a") == 2);
    watching.stop();
    sim.world.run_for(5min);
    CHECK(seen.count("a") >= 6);
}

TEST_CASE("a kind of which another struct is cached is refused, and nothing is added")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    watch_set<site> const more;
    journal seen;
    auto const plane = sim.start(noting(seen).owns<page>().triggered_by(more));
    sim.settle();
    auto const nobody = [](object<page_v2> const&) { return std::vector<converge::key<site>>{}; };
    CHECK_THROWS_WITH(static_cast<void>(more.watches<page_v2>(nobody)),
                      doctest::Contains("two structs have one group and plural"));
    sim.world.kill(plane);
    sim.world.restart(plane);
    sim.settle();
    CHECK_FALSE(sim.world.failure(plane));
    CHECK(seen.count("a") == 2);
}

TEST_CASE("what keeps a watch may be moved, let go, and outlive its set")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    int first = 0;
    int second = 0;
    auto const counting = [](int& calls) {
        return [&calls](object<theme> const& of) {
            ++calls;
            return user_of(of);
        };
    };
    {
        added_watch outlives;
        CHECK_FALSE(outlives);
        {
            watch_set<site> const gone;
            outlives = gone.watches<theme>(user_of);
        }
        CHECK(outlives);
    }
    watch_set<site> const more;
    sim.start(noting(seen).triggered_by(more));
    sim.settle();
    auto held = more.watches<theme>(counting(first));
    auto other = more.watches<theme>(counting(second));
    held = std::move(other);
    sim.run(sim.person.create(theme_for("a")));
    sim.settle();
    CHECK(first == 0);
    CHECK(second == 1);
    held.release();
    held.stop();
    sim.run(sim.person.update(theme_for("a", "x")));
    sim.settle();
    // For what was and for what is.
    CHECK(second == 3);
}

TEST_CASE("a map function of an added watch that throws is logged and counted, and maps to nothing")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    watch_set<site> const more;
    journal seen;
    auto const plane = sim.start(noting(seen).triggered_by(more));
    auto const watching = more.watches<theme>([](object<theme> const& of) {
        if (of.spec.colour.empty())
            throw std::runtime_error{"no colour"};
        return user_of(of);
    });
    sim.run(sim.person.create(theme_for("a")));
    sim.settle();
    CHECK(seen.count("a") == 1);
    sim.run(sim.person.update(theme_for("a", "x")));
    sim.settle();
    CHECK(seen.count("a") == 2);
    CHECK_FALSE(sim.world.failure(plane));
    CHECK(sim.metrics->counter("converge_trigger_errors_total", "", {{"controller", "site"}})
              .value() == 2);
}
