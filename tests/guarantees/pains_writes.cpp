// SPDX-License-Identifier: BSL-1.0
#include "../controller/simulation.hpp"
#include "seeds.hpp"

#include <converge/observe/memory_sink.hpp>

#include <algorithm>
#include <iterator>

using namespace control_test;

namespace {

/// Raises what is ready by one, and relies on nobody to wake it but the change itself.
task<outcome> step_up(journal& seen, client api, object<site> of)
{
    auto const at = co_await converge::now();
    {
        journal::entry const here{seen, of, at};
    }
    if (of.status.ready == of.spec.pages)
        co_return converge::settled();
    of.status.ready = of.spec.pages;
    co_await api.update_status(std::move(of));
    co_return converge::settled();
}

controller<site> stepping(journal& seen)
{
    return {[&seen](client api, object<site> of) {
        return step_up(seen, std::move(api), std::move(of));
    }};
}

/// Never content: counts for ever.
task<outcome> count_on(client api, object<site> of)
{
    ++of.status.ready;
    co_await api.update_status(std::move(of));
    co_return converge::settled();
}

task<outcome> settle_at_once() { co_return converge::settled(); }

/// Wants a theme that somebody else does not want.
task<outcome> insist(std::string theme, client api, object<site> of)
{
    if (of.spec.pages == 0 || of.metadata.labels["theme"] == theme)
        co_return converge::settled();
    of.metadata.labels["theme"] = theme;
    co_await api.update(std::move(of));
    co_return converge::settled();
}

controller<site> insisting(std::string theme)
{
    return {[theme](client api, object<site> of) {
        return insist(theme, std::move(api), std::move(of));
    }};
}

/// Somebody else changes the same object at moments that chance chooses.
task<> meddle(client api, int times)
{
    for (int i = 0; i != times; ++i) {
        co_await pause(40ms);
        auto found = co_await api.get(site_key("a"));
        auto changed = *found;
        changed.metadata.resource_version = {};
        changed.spec.pages = i + 2;
        co_await api.update(std::move(changed));
    }
}

[[nodiscard]] std::size_t count(std::vector<converge::log_record> const& records,
                                std::string_view part)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        records, [&](auto const& each) { return each.message.find(part) != std::string::npos; }));
}

} // namespace

TEST_CASE("P2 own writes are told from others' by their revision: no foreign change is dropped")
{
    std::size_t own_runs = 0;
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        simulation sim{seed, network_weather{}};
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        sim.start(stepping(seen).ignoring_own_writes());
        sim.run(meddle(sim.person, 3));
        sim.settle();
        auto const at = sim.run(sim.person.get(site_key("a")));
        CAPTURE(seed);
        // The last change of the other was seen, and answered.
        REQUIRE(seen.last_seen("a") == 4);
        REQUIRE(at->status.ready == 4);
        own_runs += seen.runs.size();
    }
    // With the echoes there would be a run for each status write too: at least five in all.
    CHECK(own_runs < 5 * guarantees::seeds());
}

TEST_CASE("P2 what a run wrote itself does not run it again, if it asks so, and does if not")
{
    for (bool const ignoring : {true, false}) {
        simulation sim{1};
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        sim.start(ignoring ? stepping(seen).ignoring_own_writes() : stepping(seen));
        sim.settle();
        CHECK(seen.count("a") == (ignoring ? 1 : 2));
    }
}

TEST_CASE("P4 a reconciler that keeps itself busy is slowed down, and the field is named")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        simulation sim{seed};
        auto const sink = std::make_shared<converge::memory_sink>();
        sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(site_named("calm", 0)));
        controller<site> const busy{[](client api, object<site> of) {
            return of.spec.pages == 0 ? settle_at_once() : count_on(std::move(api), std::move(of));
        }};
        sim.start(sim.plain().logging_to(converge::logger{sink}), busy.hot_after(8));
        sim.world.run_for(10min);
        auto const at = sim.run(sim.person.get(site_key("a")));
        CAPTURE(seed);
        // 8 at full speed, then pauses of 10 ms, 20 ms, ... 5 s.
        REQUIRE(at->status.ready > 20);
        REQUIRE(at->status.ready < 160);
        auto const records = sink->records();
        REQUIRE(count(records, "keeps itself busy") > 0);
        auto const first = std::ranges::find_if(records, [](auto const& each) {
            return each.message.find("keeps itself busy") != std::string::npos;
        });
        converge::log_field const names{"fields", "status.ready"};
        REQUIRE(std::ranges::find(first->fields, names) != first->fields.end());
    }
}

TEST_CASE("P4 two controllers that undo each other are slowed down; a change of heart is not")
{
    simulation sim{3};
    sim.run(sim.person.create(site_named("a")));
    auto const dark = insisting("dark").named("dark").hot_after(8);
    auto const light = insisting("light").named("light").hot_after(8);
    sim.start(dark, light);
    sim.world.run_for(10min);
    auto const fought = sim.run(sim.person.get(site_key("a")));
    CHECK(fought->metadata.resource_version.value() < 600);
    auto calm = *fought;
    calm.metadata.resource_version = {};
    calm.spec.pages = 0;
    auto const before = sim.run(sim.person.update(calm));
    sim.settle();
    auto const after = sim.run(sim.person.get(site_key("a")));
    CHECK(after->metadata.resource_version == before->metadata.resource_version);
}
