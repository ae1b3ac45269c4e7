// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

#include <converge/testing/check_scenario.hpp>

using namespace guarantees;

namespace {

task<> change_often(client api, int times)
{
    for (int i = 1; i <= times; ++i) {
        co_await pause(20ms);
        co_await api.apply(site_named("s" + std::to_string(i % 3), i));
    }
}

/// Says that as much is ready as is desired, and relies on nothing but being called.
task<outcome> follow(client api, object<site> of)
{
    if (of.status.ready == of.spec.pages)
        co_return converge::settled();
    of.status.ready = of.spec.pages;
    co_await api.update_status(std::move(of));
    co_return converge::settled();
}

task<> change_minds(client api)
{
    for (int round = 1; round <= 3; ++round) {
        for (auto const* name : {"a", "b"})
            co_await api.apply(site_named(name, round));
        co_await pause(15s);
    }
}

std::string all_followed(converge::testing::snapshot const& now)
{
    for (auto const& each : now.all<site>())
        if (each->status.ready != 3)
            return each->metadata.name + " was forgotten at " + std::to_string(each->status.ready);
    return now.all<site>().size() == 2 ? std::string{} : std::string{"there are not two sites"};
}

void follow_minds(converge::testing::simulation& sim)
{
    sim.plane("controllers", [](client api) {
        return converge::run(std::move(api), controller<site>{follow}.workers(2));
    });
    sim.user("user", change_minds);
    sim.faults_for(30s);
    sim.eventually("every site is as it was desired last", all_followed);
}

struct reading {
    instant at{};
    std::size_t pages = 0;
    std::size_t themes = 0;
};

task<outcome> read(std::vector<reading>& into, view<page> pages, view<theme> themes)
{
    auto const at = co_await converge::now();
    into.push_back({at, pages.size(), themes.size()});
    co_return converge::settled();
}

} // namespace

TEST_CASE("R1 every object is reconciled at the start, once, and again after every restart")
{
    try_seeds([](simulation& sim) {
        for (auto const* name : {"a", "b", "gone"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        auto const plane = sim.start(noting(seen).workers(2));
        sim.settle();
        REQUIRE(seen.runs.size() == 3);
        REQUIRE(seen.count("b") == 1);

        sim.world.kill(plane);
        sim.run(sim.person.apply(site_named("a", 7)));
        sim.run(sim.person.remove(site_key("gone")));
        sim.run(sim.person.create(site_named("new")));
        sim.settle();
        sim.world.restart(plane);
        sim.settle();
        REQUIRE(seen.runs.size() == 6);
        REQUIRE(seen.last_seen("a") == 7);
        REQUIRE(seen.count("b") == 2);
        REQUIRE(seen.count("gone") == 1);
        REQUIRE(seen.count("new") == 1);
    });
}

TEST_CASE("R1 an object is reconciled after its last change, however changes and runs fall")
{
    try_seeds([](simulation& sim) {
        journal seen;
        sim.start(noting(seen, 30ms));
        sim.begin(change_often(sim.person, 15));
        sim.settle();
        REQUIRE(seen.last_seen("s0") == 15);
        REQUIRE(seen.last_seen("s1") == 13);
        REQUIRE(seen.last_seen("s2") == 14);
        REQUIRE(seen.runs.size() <= 15);
        REQUIRE(seen.most_of_one == 1);
    });
}

TEST_CASE("R1 an object is reconciled after its last change, whatever fails meanwhile")
{
    converge::testing::check_scenario({"follow minds", follow_minds, seeds()});
}

TEST_CASE("R2 nothing runs before all that it reads and watches is synced")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        auto const owner = sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(page_of(*owner, "p")));
        sim.run(sim.person.create(theme_for("a")));
        instant synced{};
        for (auto const* type : {&converge::type_of<site>(), &converge::type_of<page>(),
                                 &converge::type_of<theme>()}) {
            auto const late = drawn_span(chance, 5s);
            sim.line->list_delay[type->collection] = late;
            synced = std::max(synced, instant{late});
        }
        std::vector<reading> readings;
        controller<site> const reads{
            [&](client, object<site>, view<page> pages, view<theme> themes) {
                return read(readings, std::move(pages), std::move(themes));
            }};
        journal seen;
        sim.start(reads, noting(seen).named("watching").watches<theme>(user_of).owns<page>());
        sim.settle();
        REQUIRE(readings.size() == 1);
        REQUIRE(readings[0].at >= synced);
        REQUIRE(readings[0].pages == 1);
        REQUIRE(readings[0].themes == 1);
        REQUIRE(seen.runs.size() == 1);
        REQUIRE(seen.runs[0].at >= synced);
    });
}
