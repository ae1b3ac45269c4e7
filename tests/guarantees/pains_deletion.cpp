// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

#include <converge/controller/finalizing.hpp>

using namespace guarantees;

namespace {

inline constexpr char const* guard = "test.converge.dev/guard";

bool pages_changed(converge::change<site> const& seen)
{
    // Follows both sides: neither may be null.
    return seen.before->spec.pages != seen.after->spec.pages;
}

object<site> guarded_site(std::string name)
{
    auto made = site_named(std::move(name));
    made.metadata.finalizers.push_back(guard);
    return made;
}

task<outcome> count(int& calls)
{
    ++calls;
    co_return converge::settled();
}

/// What `finalizing` makes of an object as some cache shows it. Counts calls of apply and cleanup.
task<outcome> finalized(int& applies, int& cleanups, client api, object<site> of)
{
    auto const apply = [&applies](client, object<site>) { return count(applies); };
    auto const cleanup = [&cleanups](client, object<site>) { return count(cleanups); };
    return converge::finalizing(std::move(api), std::move(of), guard, apply, cleanup);
}

/// Which error it ended with.
task<errc> refusal(task<outcome> of)
{
    try {
        [[maybe_unused]] auto const ended = co_await std::move(of);
    } catch (converge::error const& refused) {
        if (refused.is(errc::conflict))
            co_return errc::conflict;
        if (refused.is(errc::not_found))
            co_return errc::not_found;
        throw;
    }
    co_return errc{};
}

task<> remove_and_label(client api)
{
    co_await api.remove(site_key("a"));
    for (int i = 0; i != 5; ++i) {
        co_await pause(4ms);
        auto current = *co_await api.get(site_key("a"));
        current.metadata.labels["round"] = std::to_string(i);
        current.metadata.resource_version = {};
        co_await api.update(std::move(current));
    }
}

} // namespace

TEST_CASE("P19 the start of a deletion passes every predicate, its end asks none")
{
    try_seeds([](simulation& sim) {
        journal seen;
        auto const never = [](converge::change<site> const&) { return false; };
        sim.start(noting(seen).when(pages_changed).when(never));
        sim.run(sim.person.create(guarded_site("a")));
        sim.settle();
        REQUIRE(seen.count("a") == 1);
        auto marked = *sim.run(sim.person.remove(site_key("a")));
        sim.settle();
        REQUIRE(seen.count("a") == 2);
        marked.metadata.finalizers.clear();
        sim.run(sim.person.update(marked));
        sim.settle();
        REQUIRE(seen.count("a") == 2);
        REQUIRE(sim.all<site>().empty());
    });
}

TEST_CASE("P19 an object that came back unseen under its name is a new one: by its uid")
{
    try_seeds([](simulation& sim) {
        journal seen;
        std::vector<converge::uid> lives;
        // Fails, and so has a long way to go when its object is replaced.
        auto const failing = performing(seen, [&](object<site> const& of, std::size_t) -> outcome {
            lives.push_back(of.metadata.uid);
            fail();
        });
        sim.start(failing.when(pages_changed).backoff({1s, 1000h, 100.0, 0.0}));
        sim.run(sim.person.create(site_named("a")));
        sim.world.run_for(10s);
        REQUIRE(seen.count("a") == 2);
        sim.line->cut = true;
        sim.run(sim.person.remove(site_key("a")));
        sim.run(sim.person.create(site_named("a")));
        sim.world.run_for(1s);
        REQUIRE(seen.count("a") == 2);
        sim.line->cut = false;
        sim.world.run_for(50s);
        // Seen at once, with a backoff that begins anew.
        auto const times = seen.times("a");
        REQUIRE(times.size() == 4);
        REQUIRE(lives[2] != lives[1]);
        REQUIRE(times[3] - times[2] == 1s);
    });
}

TEST_CASE("P19 a deletion while the control plane was down, or its watch broken, is noticed")
{
    try_seeds([](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        int applies = 0;
        int cleanups = 0;
        controller<site> const keeping{keep_page};
        controller<site> const guarding{[&](client api, object<site> of) {
            return finalized(applies, cleanups, std::move(api), std::move(of));
        }};
        auto const plane = sim.start(keeping.owns<page>(), guarding.named("guarding"));
        sim.settle();
        REQUIRE(sim.all<page>().size() == 1);
        REQUIRE(applies > 0);
        auto const first = sim.all<page>()[0]->metadata.uid;

        sim.line->cut = true;
        sim.run(sim.person.remove(sim.all<page>()[0]->key()));
        sim.world.run_for(1s);
        REQUIRE(sim.all<page>().empty());
        sim.line->cut = false;
        sim.settle();
        REQUIRE(sim.all<page>().size() == 1);
        auto const second = sim.all<page>()[0]->metadata.uid;
        REQUIRE(second != first);

        sim.world.kill(plane);
        sim.run(sim.person.remove(sim.all<page>()[0]->key()));
        sim.settle();
        REQUIRE(sim.all<page>().empty());
        sim.world.restart(plane);
        sim.settle();
        REQUIRE(sim.all<page>().size() == 1);
        REQUIRE(sim.all<page>()[0]->metadata.uid != second);

        sim.world.kill(plane);
        sim.run(sim.person.remove(site_key("a")));
        sim.settle();
        REQUIRE(sim.all<site>().size() == 1);
        sim.world.restart(plane);
        sim.settle();
        REQUIRE(cleanups > 0);
        REQUIRE(sim.all<site>().empty());
    });
}

TEST_CASE("P19 no finalizer is put back, or taken away, by who does not know the newest revision")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        int applies = 0;
        int cleanups = 0;
        auto const stale = *sim.run(sim.person.create(site_named("a")));
        auto const way = chance.uniform(4);
        if (way == 0)
            sim.run(sim.person.apply(site_named("a", 7)));
        else
            sim.run(sim.person.remove(site_key("a")));
        if (way >= 2)
            sim.run(sim.person.create(way == 2 ? site_named("a") : guarded_site("a")));
        auto const before = sim.all<site>();
        auto const refused = sim.run(refusal(finalized(applies, cleanups, sim.person, stale)));
        REQUIRE(refused == (way == 1 ? errc::not_found : errc::conflict));
        REQUIRE(applies == 0);
        REQUIRE(cleanups == 0);
        auto const after = sim.all<site>();
        REQUIRE(after.size() == before.size());
        if (!after.empty())
            REQUIRE(after[0]->metadata.resource_version == before[0]->metadata.resource_version);
    });
}

TEST_CASE("P19 cleanup that others write during does not lose their writes, nor its own finalizer")
{
    try_seeds([](simulation& sim) {
        auto made = guarded_site("a");
        made.metadata.finalizers.push_back("test.converge.dev/other");
        sim.run(sim.person.create(made));
        int applies = 0;
        int cleanups = 0;
        sim.start(controller<site>{[&](client api, object<site> of) {
            return finalized(applies, cleanups, std::move(api), std::move(of));
        }});
        sim.settle();
        sim.begin(remove_and_label(sim.person));
        sim.settle();
        REQUIRE(cleanups > 0);
        auto const left = sim.all<site>();
        REQUIRE(left.size() == 1);
        REQUIRE(left[0]->metadata.labels.at("round") == "4");
        REQUIRE(sim.results("error") == 0);
    });
}
