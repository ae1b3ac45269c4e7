// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "simulation.hpp"

#include <set>

using namespace control_test;

namespace {

task<> change_often(client api, int times)
{
    for (int i = 1; i <= times; ++i) {
        co_await pause(20ms);
        co_await api.apply(site_named("s" + std::to_string(i % 3), i));
    }
}

task<outcome> again_hourly(journal& seen, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    co_return converge::again_in(1h);
}

struct reading {
    converge::instant at{};
    std::size_t pages = 0;
};

task<outcome> read(std::vector<reading>& into, view<page> pages)
{
    auto const at = co_await converge::now();
    into.push_back({at, pages.size()});
    co_return converge::settled();
}

task<outcome> once_too_long(journal& seen, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (seen.runs.size() == 1)
        co_await converge::sleep_for(1h);
    co_return converge::settled();
}

task<outcome> share(std::vector<object<site> const*>& into, converge::object_ptr<site> of)
{
    into.push_back(of.get());
    co_return converge::settled();
}

std::vector<converge::key<site>> user_of(object<theme> const& of)
{
    return {site_key(of.spec.used_by)};
}

std::vector<converge::key<site>> users_in(converge::change<theme> const& seen)
{
    std::vector<converge::key<site>> found;
    for (auto const& side : {seen.before, seen.after})
        if (side)
            found.push_back(site_key(side->spec.used_by));
    return found;
}

object<theme> theme_for(std::string used_by)
{
    object<theme> made{"dark"};
    made.spec.used_by = std::move(used_by);
    return made;
}

/// Moves a theme from a to b, then removes it. @returns how often a, b and c ran when it moved,
/// and b in all.
std::vector<std::size_t> runs_when_theme_moves(controller<site> const& watching, journal& seen,
                                               simulation& sim)
{
    for (auto const* name : {"a", "b", "c"})
        sim.run(sim.person.create(site_named(name)));
    sim.run(sim.person.create(theme_for("a")));
    sim.start(watching);
    sim.settle();
    seen.runs.clear();
    sim.run(sim.person.update(theme_for("b")));
    sim.settle();
    std::vector<std::size_t> runs{seen.count("a"), seen.count("b"), seen.count("c")};
    sim.run(sim.person.remove(theme_for("b").key()));
    sim.settle();
    runs.push_back(seen.count("b"));
    return runs;
}

bool pages_changed(converge::change<site> const& seen)
{
    // Follows both sides: neither may be null.
    return seen.before->spec.pages != seen.after->spec.pages;
}

} // namespace

TEST_CASE("R1 every object is reconciled at the start, once")
{
    each_seed(50, [](simulation& sim) {
        for (auto const* name : {"a", "b", "c"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        auto const plane = sim.start(noting(seen));
        sim.settle();
        CHECK(seen.runs.size() == 3);
        CHECK(seen.count("b") == 1);

        sim.world.kill(plane);
        sim.world.restart(plane);
        sim.settle();
        CHECK(seen.runs.size() == 6);
        CHECK(seen.count("b") == 2);
    });
}

TEST_CASE("R1 an object is reconciled after its last change, however changes and runs fall")
{
    each_seed(100, [](simulation& sim) {
        journal seen;
        sim.start(noting(seen, 30ms));
        sim.begin(change_often(sim.person, 30));
        sim.settle();
        CHECK(seen.last_seen("s0") == 30);
        CHECK(seen.last_seen("s1") == 28);
        CHECK(seen.last_seen("s2") == 29);
        CHECK(seen.runs.size() <= 30);
    });
}

TEST_CASE("R2 nothing runs before all that it reads and watches is synced")
{
    std::string slow;
    SUBCASE("what it reads") { slow = converge::type_of<page>().collection; }
    SUBCASE("what it watches") { slow = converge::type_of<theme>().collection; }
    each_seed(20, [&](simulation& sim) {
        auto const owner = sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(page_of(*owner, "p")));
        sim.run(sim.person.create(theme_for("a")));
        sim.line->list_delay[slow] = 3s;
        std::vector<reading> readings;
        controller<site> const reads{
            [&](client, object<site>, view<page> pages) { return read(readings, pages); }};
        sim.start(reads.watches<theme>(user_of));
        sim.settle();
        REQUIRE(readings.size() == 1);
        CHECK(readings[0].at >= converge::instant{3s});
        CHECK(readings[0].pages == 1);
    });
}

TEST_CASE("owns runs the controlling owner when an object appears, changes or goes")
{
    each_seed(20, [](simulation& sim) {
        auto const owner = sim.run(sim.person.create(site_named("a")));
        journal seen;
        sim.start(noting(seen).owns<page>());
        sim.settle();
        CHECK(seen.count("a") == 1);
        auto const made = sim.run(sim.person.create(page_of(*owner, "p")));
        sim.settle();
        CHECK(seen.count("a") == 2);
        auto changed = *made;
        changed.spec.number = 7;
        sim.run(sim.person.update(changed));
        sim.settle();
        CHECK(seen.count("a") == 3);
        sim.run(sim.person.remove(made->key()));
        sim.settle();
        CHECK(seen.count("a") == 4);
    });
}

TEST_CASE("owns is for the controlling owner of that kind alone")
{
    simulation sim{1};
    auto const owner = sim.run(sim.person.create(site_named("a")));
    auto const namesake = sim.run(sim.person.create(object<theme>{"a"}));
    journal seen;
    sim.start(noting(seen).owns<page>());
    sim.settle();
    auto guest = page_of(*owner, "guest");
    guest.metadata.owner_references[0].controller = false;
    sim.run(sim.person.create(guest));
    object<page> foreign{"foreign"};
    foreign.metadata.owner_references.push_back(converge::controller_reference(*namesake));
    sim.run(sim.person.create(foreign));
    sim.settle();
    CHECK(seen.count("a") == 1);
}

TEST_CASE("R11 watches maps what was before and what is now")
{
    journal seen;
    auto watching = noting(seen);
    SUBCASE("as a change") { watching = watching.watches<theme>(users_in); }
    SUBCASE("as two objects") { watching = watching.watches<theme>(user_of); }
    std::vector<std::size_t> const ran{1, 1, 0, 2};
    each_seed(20, [&](simulation& sim) {
        CHECK(runs_when_theme_moves(watching, seen, sim) == ran);
    });
}

TEST_CASE("when holds back the changes that do not matter")
{
    each_seed(20, [](simulation& sim) {
        journal seen;
        sim.start(noting(seen).when(pages_changed));
        auto made = *sim.run(sim.person.create(site_named("a", 1)));
        sim.settle();
        CHECK(seen.count("a") == 1);
        made.status.ready = 1;
        made = *sim.run(sim.person.update_status(made));
        sim.settle();
        CHECK(seen.count("a") == 1);
        made.spec.pages = 2;
        sim.run(sim.person.update(made));
        sim.settle();
        CHECK(seen.count("a") == 2);
    });
}

TEST_CASE("several predicates must all hold")
{
    simulation sim{1};
    journal seen;
    auto const even = [](converge::change<site> const& of) {
        return of.after->spec.pages % 2 == 0;
    };
    sim.start(noting(seen).when(pages_changed).when(even));
    auto made = *sim.run(sim.person.create(site_named("a", 1)));
    sim.settle();
    for (int pages = 2; pages <= 5; ++pages) {
        made.spec.pages = pages;
        made = *sim.run(sim.person.update(made));
        sim.settle();
    }
    CHECK(seen.count("a") == 3);
    CHECK(seen.last_seen("a") == 4);
}

TEST_CASE("the start of a deletion passes every predicate, its end asks none")
{
    each_seed(20, [](simulation& sim) {
        journal seen;
        sim.start(noting(seen).when(pages_changed));
        auto guarded = site_named("a");
        guarded.metadata.finalizers.push_back("test.converge.dev/keep");
        sim.run(sim.person.create(guarded));
        sim.settle();
        auto marked = *sim.run(sim.person.remove(guarded.key()));
        sim.settle();
        CHECK(seen.count("a") == 2);
        marked.metadata.finalizers.clear();
        sim.run(sim.person.update(marked));
        sim.settle();
        CHECK(seen.count("a") == 2);
        CHECK(sim.all<site>().empty());
    });
}

TEST_CASE("an object that came back unseen under its name passes every predicate")
{
    each_seed(20, [](simulation& sim) {
        journal seen;
        sim.start(noting(seen).when(pages_changed));
        sim.run(sim.person.create(site_named("a")));
        sim.settle();
        CHECK(seen.count("a") == 1);
        sim.line->cut = true;
        sim.run(sim.person.remove(site_key("a")));
        sim.run(sim.person.create(site_named("a")));
        sim.world.run_for(1s);
        CHECK(seen.count("a") == 1);
        sim.line->cut = false;
        sim.settle();
        CHECK(seen.count("a") == 2);
    });
}

TEST_CASE("workers run several keys at once, and never one key twice at once")
{
    each_seed(50, [](simulation& sim) {
        journal seen;
        sim.start(noting(seen, 30ms).workers(3));
        for (int i = 0; i < 6; ++i)
            sim.run(sim.person.create(site_named("s" + std::to_string(i))));
        sim.begin(change_often(sim.person, 60));
        sim.settle();
        CHECK(seen.most_at_once == 3);
        CHECK(seen.most_of_one == 1);
    });
}

TEST_CASE("one worker runs one key at a time")
{
    each_seed(20, [](simulation& sim) {
        journal seen;
        sim.start(noting(seen, 30ms));
        sim.begin(change_often(sim.person, 30));
        sim.settle();
        CHECK(seen.most_at_once == 1);
    });
}

TEST_CASE("keys that are due at the same time run side by side")
{
    simulation sim{1};
    journal seen;
    for (auto const* name : {"a", "b", "c", "d"})
        sim.run(sim.person.create(site_named(name)));
    sim.start(noting(seen, 1min).workers(4).resync(1h));
    sim.world.run_for(90min);
    CHECK(seen.runs.size() == 8);
    CHECK(seen.most_at_once == 4);
    for (std::size_t i = 4; i < 8; ++i)
        CHECK(seen.runs[i].at == seen.runs[4].at);
}

TEST_CASE("R4 again_in runs at the latest then; a change runs it sooner, and takes its place")
{
    simulation sim{1};
    journal seen;
    controller<site> const hourly{
        [&](client, object<site> of) { return again_hourly(seen, std::move(of)); }};
    sim.start(hourly);
    auto made = *sim.run(sim.person.create(site_named("a")));
    sim.world.run_for(70min);
    made.spec.pages = 2;
    sim.run(sim.person.update(made));
    sim.world.run_for(100min);
    std::vector<converge::instant> const expected{converge::instant{0min},
                                                  converge::instant{60min},
                                                  converge::instant{70min},
                                                  converge::instant{130min}};
    CHECK(seen.times("a") == expected);
}

TEST_CASE("resync runs every object each period, changed or not, and none that is gone")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(site_named("b")));
        journal seen;
        sim.start(noting(seen).when([](auto const&) { return false; }).resync(10min));
        sim.world.run_for(35min);
        CHECK(seen.count("a") == 4);
        CHECK(seen.count("b") == 4);
        sim.run(sim.person.remove(site_key("b")));
        sim.world.run_for(30min);
        CHECK(seen.count("a") == 7);
        CHECK(seen.count("b") == 4);
    });
}

TEST_CASE("time_limit cancels a call that takes longer, and retries it as a failure")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        controller<site> const slow{
            [&](client, object<site> of) { return once_too_long(seen, std::move(of)); }};
        sim.start(slow.time_limit(1min));
        sim.settle();
        auto const times = seen.times("a");
        REQUIRE(times.size() == 2);
        CHECK(times[1] - times[0] >= 1min);
        CHECK(times[1] - times[0] < 61s);
        CHECK(seen.most_at_once == 1);
        CHECK(sim.results("error") == 1);
        CHECK(sim.results("settled") == 1);
    });
}

TEST_CASE("a reconciler may share the cached object instead of copying it")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    std::vector<object<site> const*> seen;
    sim.start(controller<site>{[&](client, converge::object_ptr<site> of) {
                  return share(seen, std::move(of));
              }}.resync(1h));
    sim.world.run_for(90min);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0] == seen[1]);
}

TEST_CASE("configuring a controller leaves the one it was made from as it was")
{
    journal seen;
    auto const plain = noting(seen);
    auto const other = plain.named("other").workers(4).resync(1h).time_limit(1s).owns<page>();
    CHECK(plain.spec().name == "site");
    CHECK(plain.spec().workers == 1);
    CHECK_FALSE(plain.spec().resync);
    CHECK(plain.spec().time_limit == 5min);
    CHECK_FALSE(plain.without_time_limit().spec().time_limit);
    CHECK(plain.spec().triggers.empty());
    CHECK(other.spec().name == "other");
    CHECK(other.spec().workers == 4);
}
