// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "simulation.hpp"

#include <converge/observe/reconcile_history.hpp>

using namespace control_test;

namespace {

task<> change_often(client api, int times)
{
    for (int i = 1; i <= times; ++i) {
        co_await pause(20ms);
        co_await api.apply(site_named("s" + std::to_string(i % 3), i));
    }
}

task<outcome> share(std::vector<object<site> const*>& into, converge::object_ptr<site> of)
{
    into.push_back(of.get());
    co_return converge::settled();
}

object<theme> theme_for(std::string used_by)
{
    object<theme> made{"dark"};
    made.spec.used_by = std::move(used_by);
    return made;
}

/// Each letter of its users is a site.
std::vector<converge::key<site>> sites_of(object<theme> const& of)
{
    std::vector<converge::key<site>> found;
    for (char const each : of.spec.used_by)
        found.push_back(site_key(std::string(1, each)));
    return found;
}

/// Expects errc::invalid, about `option`, which names the value and what to do.
template <class Body>
void refuses(Body body, std::string const& option, std::string const& value,
             std::string const& remedy)
{
    CAPTURE(option);
    try {
        static_cast<void>(body());
        FAIL_CHECK("not refused");
    } catch (converge::error const& refused) {
        CHECK(refused.is(converge::errc::invalid));
        CHECK(refused.reason().path == option);
        CHECK(refused.reason().what().find(value) != std::string::npos);
        CHECK(refused.reason().what().find(remedy) != std::string::npos);
    }
}

bool pages_changed(converge::change<site> const& seen)
{
    // Follows both sides: neither may be null.
    return seen.before->spec.pages != seen.after->spec.pages;
}

} // namespace

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

TEST_CASE("one change of a watched object is one cause, however often its key is named")
{
    simulation sim{1};
    for (auto const* name : {"a", "b"})
        sim.run(sim.person.create(site_named(name)));
    auto const history = std::make_shared<converge::reconcile_history>();
    journal seen;
    sim.start(sim.plain().remembering_in(history), noting(seen).watches<theme>(sites_of));
    sim.settle();
    auto made = *sim.run(sim.person.create(theme_for("a")));
    sim.settle();
    CHECK(history->runs().back().cause_count == 1);
    // The same site before and after; then named three times, with another between.
    for (auto const* users : {"a", "aaba"}) {
        made.spec.used_by = users;
        made.spec.colour += "x";
        made = *sim.run(sim.person.update(made));
        sim.settle();
        for (auto const& each : history->runs())
            CHECK(each.cause_count == 1);
    }
    CHECK(seen.count("a") == 4);
    CHECK(seen.count("b") == 2);
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

TEST_CASE("a period that is not above zero is refused; what is said names it and the remedy")
{
    journal seen;
    auto const plain = noting(seen);
    auto const ask = [](client) -> task<std::vector<converge::key<site>>> {
        co_return std::vector<converge::key<site>>{};
    };
    for (auto const wrong : {converge::duration{0}, converge::duration{-1s}}) {
        auto const number = wrong == converge::duration{0} ? "0.000000 s" : "-1.000000 s";
        refuses([&] { return plain.polls(wrong, ask); }, "polls", number, "event_channel");
        refuses([&] { return plain.resync(wrong); }, "resync", number, "leave it out");
        refuses([&] { return plain.time_limit(wrong); }, "time_limit", number,
                "without_time_limit()");
        refuses([&] { return plain.backoff({wrong, 1s}); }, "backoff", number, "1 ms");
        refuses([&] { return plain.backoff({1s, wrong}); }, "backoff", number, "1 ms");
    }
    refuses([] { return converge::cache_options<theme>{}.silent_at_most(-1s); }, "silent_at_most",
            "-1.000000 s", "zero");
    static_cast<void>(plain.polls(1ns, ask).resync(1ns).time_limit(1ns).backoff({1ns, 1ns}));
    static_cast<void>(converge::cache_options<theme>{}.silent_at_most(0s));
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
