// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

#include <converge/api/admission.hpp>
#include <converge/observe/memory_sink.hpp>

using namespace guarantees;

namespace {

/// Wants one colour, and says nothing of who uses it.
task<outcome> paint(journal& seen, client api, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    object<theme> wanted{"dark"};
    wanted.spec.colour = "black";
    co_await api.apply(std::move(wanted));
    co_return converge::settled();
}

/// Fills in what nobody said, as api servers and their webhooks do.
converge::result<void> say_who_uses_it(converge::admission_review& asked)
{
    auto& proposed = *static_cast<object<theme>*>(asked.proposed.get());
    if (proposed.spec.used_by.empty())
        proposed.spec.used_by = "nobody";
    proposed.metadata.annotations["seen-by"] = "webhook";
    return {};
}

/// Another manager changes what the controller does not own. @returns the new revision.
converge::revision edit(simulation& sim, random_bits& chance, std::string const& text)
{
    auto changed = *sim.all<theme>()[0];
    switch (chance.uniform(3)) {
    case 0: changed.metadata.labels["team"] = text; break;
    case 1: changed.spec.used_by = text; break;
    default: changed.metadata.annotations["note"] = text; break;
    }
    return sim.run(sim.person.update(changed))->metadata.resource_version;
}

task<outcome> raise_ready(journal& seen, client api, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (of.status.ready == of.spec.pages)
        co_return converge::settled();
    co_await pause(10ms);
    ++of.status.ready;
    co_await api.update_status(of);
    co_return converge::again_in(1ms);
}

task<> meddle(client api, int times)
{
    for (int i = 0; i < times; ++i) {
        co_await pause(5ms);
        auto current = *co_await api.get(site_key("a"));
        current.metadata.labels["round"] = std::to_string(i);
        current.metadata.resource_version = {};
        co_await api.update(current);
    }
}

bool is_quiet(converge::memory_sink const& log)
{
    for (auto const& record : log.records())
        if (record.level > converge::log_level::debug)
            return false;
    return true;
}

} // namespace

TEST_CASE("P5 an apply that changes no field of its own writes nothing, whatever others write")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.server->hooks().add(converge::type_of<theme>(), say_who_uses_it);
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        controller<site> const painting{[&](client api, object<site> of) {
            return paint(seen, std::move(api), std::move(of));
        }};
        sim.start(painting.watches<theme>(
            [](converge::change<theme> const&) { return std::vector{site_key("a")}; }));
        sim.settle();
        for (int i = 0; i != 4; ++i) {
            auto const written = edit(sim, chance, std::to_string(i));
            auto const runs = seen.runs.size();
            sim.settle();
            REQUIRE(seen.runs.size() == runs + 1);
            auto const stored = sim.all<theme>()[0];
            REQUIRE(stored->metadata.resource_version == written);
            REQUIRE(stored->spec.colour == "black");
        }
        // And what it owns it takes back, at once and with one write.
        auto changed = *sim.all<theme>()[0];
        changed.spec.colour = "white";
        auto const written = sim.run(sim.person.update(changed))->metadata.resource_version;
        sim.settle();
        auto const stored = sim.all<theme>()[0];
        REQUIRE(stored->spec.colour == "black");
        REQUIRE(stored->spec.used_by == changed.spec.used_by);
        REQUIRE(stored->metadata.resource_version.value() == written.value() + 1);
    });
}

TEST_CASE("P6 a conflict is retried at once, counted apart, and nobody is told")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        auto const log = std::make_shared<converge::memory_sink>();
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        auto const conflicts = 1 + chance.uniform(3);
        auto const losing = performing(seen, [&](object<site> const&, std::size_t nth) {
            if (nth <= conflicts)
                fail(errc::conflict);
            return converge::settled();
        });
        sim.start(sim.plain().logging_to(converge::logger{log}), losing.backoff({1h, 1h}));
        sim.settle();
        auto const times = seen.times("a");
        REQUIRE(times.size() == conflicts + 1);
        REQUIRE(times[1] - times[0] <= 1ms);
        REQUIRE(times.back() - times[0] <= 10ms);
        REQUIRE(sim.results("conflict") == conflicts);
        REQUIRE(sim.results("error") == 0);
        REQUIRE(is_quiet(*log));
        REQUIRE(log->count("conflict; trying again") == conflicts);
    });
}

TEST_CASE("P6 conflicts are no attempts: the wait after a failure is as long as without them")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.run(sim.person.create(site_named("a")));
        std::vector<bool> fates;
        for (int i = 0; i != 12; ++i)
            fates.push_back(chance.uniform(2) == 0);
        journal seen;
        auto const losing = performing(seen, [&](object<site> const&, std::size_t nth) {
            if (nth <= fates.size())
                fail(fates[nth - 1] ? errc::unavailable : errc::conflict);
            return converge::settled();
        });
        sim.start(losing.backoff(doubling()));
        sim.settle();
        auto const times = seen.times("a");
        REQUIRE(times.size() == fates.size() + 1);
        unsigned attempts = 0;
        for (std::size_t i = 0; i != fates.size(); ++i) {
            auto const wait = times[i + 1] - times[i];
            if (fates[i])
                REQUIRE(wait == doubled(attempts++));
            else
                REQUIRE(wait <= 1s);
        }
    });
}

TEST_CASE("P6 a conflict during the backoff is retried at once too, and the deadline stays")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        auto const losing = performing(seen, [](object<site> const&, std::size_t nth) -> outcome {
            fail(nth == 2 || nth == 3 ? errc::conflict : errc::unavailable);
        });
        sim.start(losing.backoff({1h, 1h, 1.0, 0.0}));
        auto const changed = instant{1min} + drawn_span(chance, 50min);
        sim.begin(change_at(sim.person, changed, 2));
        sim.world.run_for(90min);
        auto const times = seen.times("a");
        REQUIRE(times.size() == 5);
        REQUIRE(times[1] == changed);
        REQUIRE(times[3] - times[1] <= 10ms);
        REQUIRE(times[4] == instant{1h});
    });
}

TEST_CASE("P6 conflicts without end are retried ever more slowly, and a success ends that")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const losing = performing(seen, [](object<site> const&, std::size_t nth) {
        if (nth != 100)
            fail(errc::conflict);
        return converge::settled();
    });
    sim.start(losing);
    sim.world.run_for(60s);
    CHECK(seen.runs.size() > 60);
    CHECK(seen.runs.size() < 80);
    sim.world.run_for(60s);
    REQUIRE(seen.runs.size() >= 100);
    auto const at = sim.world.now();
    sim.run(sim.person.apply(site_named("a", 2)));
    sim.world.run_for(10ms);
    CHECK(std::count_if(seen.runs.begin(), seen.runs.end(),
                        [at](auto const& each) { return each.at >= at; }) >= 3);
}

TEST_CASE("P6 writers that step on each other's revisions converge, and nobody is told")
{
    std::uint64_t conflicts = 0;
    try_seeds([&](simulation& sim) {
        auto const log = std::make_shared<converge::memory_sink>();
        sim.run(sim.person.create(site_named("a", 5)));
        journal seen;
        controller<site> const raising{[&](client api, object<site> of) {
            return raise_ready(seen, std::move(api), std::move(of));
        }};
        sim.start(sim.plain().logging_to(converge::logger{log}), raising);
        sim.begin(meddle(sim.person, 20));
        sim.settle();
        REQUIRE(sim.all<site>()[0]->status.ready == 5);
        REQUIRE(sim.results("error") == 0);
        REQUIRE(is_quiet(*log));
        conflicts += sim.results("conflict");
    });
    CHECK(conflicts > seeds());
}
