// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "simulation.hpp"

#include <converge/observe/memory_sink.hpp>

using namespace control_test;
using converge::errc;
using converge::instant;

namespace {

/// Does what `script` says for its n-th run; is content when the script is over.
task<outcome> act(journal& seen, std::function<void(std::size_t)> const& script, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    script(seen.runs.size());
    co_return converge::settled();
}

controller<site> acting(journal& seen, std::function<void(std::size_t)> script)
{
    return {[&seen, script = std::move(script)](client, object<site> of) {
        return act(seen, script, std::move(of));
    }};
}

task<outcome> try_again(journal& seen, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (seen.runs.size() < 4)
        co_return converge::again();
    co_return converge::settled();
}

[[noreturn]] void fail() { throw converge::error{errc::unavailable, "the cloud is away"}; }

/// 1 s, 2 s, 4 s, then 8 s for ever; nothing by chance.
converge::backoff_policy doubling() { return {1s, 8s, 2.0, 0.0}; }

std::vector<instant> seconds(std::vector<int> const& of)
{
    std::vector<instant> made;
    for (auto const each : of)
        made.emplace_back(std::chrono::seconds{each});
    return made;
}

task<> change_at(client api, instant due, int pages)
{
    co_await converge::sleep_until(due);
    co_await api.apply(site_named("a", pages));
}

} // namespace

TEST_CASE("again waits as long as a failure does, and is none")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    controller<site> const trying{
        [&](client, object<site> of) { return try_again(seen, std::move(of)); }};
    sim.start(trying.backoff(doubling()));
    sim.settle();
    CHECK(seen.times("a") == seconds({0, 1, 3, 7}));
    CHECK(sim.results("requeued") == 3);
    CHECK(sim.results("error") == 0);
}

TEST_CASE("after a write whose answer was lost the retry gives the caches time")
{
    for (auto const lost : {errc::timed_out, errc::indeterminate}) {
        simulation sim{1};
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        auto const unsure = acting(seen, [lost](std::size_t run) {
            if (run <= 2)
                throw converge::error{lost, "who knows"};
        });
        sim.start(unsure);
        sim.begin(change_at(sim.person, instant{100ms}, 2));
        sim.settle();
        // The change runs it at once, and puts the deadline off no further.
        std::vector<instant> const expected{instant{0ms}, instant{100ms}, instant{500ms}};
        CHECK(seen.times("a") == expected);
    }
}

TEST_CASE("a failure is told with the object, the controller and the reason")
{
    auto const log = std::make_shared<converge::memory_sink>();
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const failing = acting(seen, [](std::size_t run) {
        if (run == 1)
            fail();
    });
    sim.start(sim.plain().logging_to(converge::logger{log}), failing);
    sim.settle();
    auto const records = log->records();
    auto const told = std::find_if(records.begin(), records.end(), [](auto const& each) {
        return each.level == converge::log_level::warn;
    });
    REQUIRE(told != records.end());
    CHECK(told->message == "reconcile failed; trying again");
    CHECK(converge::to_string(told->object) == "Site default/a");
    CHECK(told->component == "site");
    CHECK(told->fields == std::vector<converge::log_field>{{"why", "the cloud is away"},
                                                           {"causes", "initial at 1"},
                                                           {"attempt", 0}});
}

TEST_CASE("the log says what caused a run that failed, was too late, or failed for good")
{
    auto const log = std::make_shared<converge::memory_sink>();
    simulation sim{1};
    auto made = *sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const failing = acting(seen, [](std::size_t run) {
        if (run == 2 || run == 3)
            fail();
        if (run == 4)
            throw converge::error{errc::conflict, "somebody was first"};
        if (run == 6)
            throw converge::error{errc::terminal, "no such colour"};
    });
    sim.start(sim.plain().logging_to(converge::logger{log}), failing.backoff(doubling()));
    sim.settle();
    log->clear();
    for (int pages = 2; pages != 4; ++pages) {
        made.spec.pages = pages;
        made = *sim.run(sim.person.update(made));
        sim.settle();
    }
    std::vector<std::string> told;
    for (auto const& each : log->records()) {
        CHECK(converge::to_string(each.object) == "Site default/a");
        auto& line = told.emplace_back(each.message);
        for (auto const& field : each.fields)
            line += "|" + field.key() + "=" + field.value();
    }
    CHECK(told == std::vector<std::string>{
                      "reconcile failed; trying again|why=the cloud is away|causes=changed at 2|"
                      "attempt=0",
                      "reconcile failed; trying again|why=the cloud is away|causes=retry|attempt=1",
                      "conflict; trying again|why=somebody was first|causes=retry|attempt=2",
                      "reconciled|causes=retry",
                      "reconcile failed for good; waiting for a change|why=no such colour|"
                      "causes=changed at 3|attempt=0"});
}
