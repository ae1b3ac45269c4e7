// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "simulation.hpp"

#include <converge/observe/memory_sink.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>

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

/// Does what `script` says for its n-th run of `a`; is content with all others.
task<outcome> act_on_a(journal& seen, std::function<void(std::size_t)> const& script,
                       object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (of.metadata.name == "a")
        script(seen.count("a"));
    co_return converge::settled();
}

controller<site> acting_on_a(journal& seen, std::function<void(std::size_t)> script)
{
    return {[&seen, script = std::move(script)](client, object<site> of) {
        return act_on_a(seen, script, std::move(of));
    }};
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

[[noreturn]] void fail()
{
    throw converge::error{errc::unavailable, "the cloud is away"};
}

/// 1 s, 2 s, 4 s, then 8 s for ever; nothing by chance.
converge::backoff_policy doubling()
{
    return {1s, 8s, 2.0, 0.0};
}

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

} // namespace

TEST_CASE("R3 what a reconciler throws is retried, after longer and longer")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        auto const failing = acting(seen, [](std::size_t run) {
            if (run <= 6)
                fail();
        });
        sim.start(failing.backoff(doubling()));
        sim.settle();
        auto const times = seen.times("a");
        REQUIRE(times.size() == 7);
        std::vector<converge::duration> waits;
        for (std::size_t i = 1; i < times.size(); ++i)
            waits.push_back(times[i] - times[i - 1]);
        CHECK(waits == std::vector<converge::duration>{1s, 2s, 4s, 8s, 8s, 8s});
        CHECK(sim.results("error") == 6);
        CHECK(sim.results("settled") == 1);
    });
}

TEST_CASE("R3 a terminal failure waits for a change, and is counted apart")
{
    each_seed(20, [](simulation& sim) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        sim.start(acting(seen, [](std::size_t run) {
            if (run == 1)
                throw converge::error{errc::terminal, "no such theme"};
        }));
        sim.settle();
        CHECK(seen.count("a") == 1);
        CHECK(sim.results("terminal") == 1);
        CHECK(sim.results("error") == 0);
        sim.run(sim.person.apply(site_named("a", 2)));
        sim.settle();
        CHECK(seen.count("a") == 2);
        CHECK(seen.last_seen("a") == 2);
    });
}

TEST_CASE("R5 success makes the next failure a first one")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const failing = acting(seen, [](std::size_t run) {
        if (run != 4)
            fail();
    });
    sim.start(failing.backoff(doubling()));
    sim.begin(change_at(sim.person, instant{100s}, 2));
    sim.world.run_for(105s);
    CHECK(seen.times("a") == seconds({0, 1, 3, 7, 100, 101, 103}));
}

TEST_CASE("R5 a terminal failure clears the attempts too")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const failing = acting(seen, [](std::size_t run) {
        if (run == 3)
            throw converge::error{errc::terminal, "no such theme"};
        fail();
    });
    sim.start(failing.backoff(doubling()));
    sim.begin(change_at(sim.person, instant{100s}, 2));
    sim.world.run_for(104s);
    CHECK(seen.times("a") == seconds({0, 1, 3, 100, 101, 103}));
}

TEST_CASE("R7 whatever a reconciler throws is a failure to be retried, of nobody else")
{
    each_seed(20, [](simulation& sim) {
        for (auto const* name : {"a", "b", "c"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        auto const plane = sim.start(acting_on_a(seen, [](std::size_t run) {
            switch (run) {
            case 1: throw std::runtime_error{"broken"};
            case 2: throw boost::system::system_error{boost::asio::error::connection_reset};
            case 3: throw boost::system::system_error{boost::asio::error::operation_aborted};
            case 4: throw 42;
            default: break;
            }
        }));
        sim.settle();
        CHECK(seen.count("a") == 5);
        CHECK(seen.count("b") == 1);
        CHECK(seen.count("c") == 1);
        CHECK(sim.results("error") == 4);
        CHECK(sim.results("settled") == 3);
        CHECK(sim.active() == 0);
        CHECK_FALSE(sim.world.failure(plane));
    });
}

TEST_CASE("R8 a change during the backoff runs at once, and is no attempt")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const failing = acting(seen, [](std::size_t) { fail(); });
    sim.start(failing.backoff(doubling()));
    // 0, 1, 3 and 7 are attempts; the changes neither put off the one at 7 nor lengthen its wait.
    sim.begin(change_at(sim.person, instant{4s}, 2));
    sim.begin(change_at(sim.person, instant{5s}, 3));
    sim.world.run_for(20s);
    CHECK(seen.times("a") == seconds({0, 1, 3, 4, 5, 7, 15}));
}

TEST_CASE("R9 however often it failed, a change still runs it")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const failing = acting(seen, [](std::size_t) { fail(); });
    sim.start(failing.backoff({1h, 1000h, 1000.0, 0.0}));
    sim.begin(change_at(sim.person, instant{500h}, 2));
    sim.world.run_for(900h);
    std::vector<instant> const expected{instant{0h}, instant{1h}, instant{500h}};
    CHECK(seen.times("a") == expected);
}

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

TEST_CASE("a conflict is retried at once, counted apart, and nobody is told")
{
    auto const log = std::make_shared<converge::memory_sink>();
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const losing = acting(seen, [](std::size_t run) {
        if (run <= 3)
            throw converge::error{errc::conflict, "someone was faster"};
    });
    sim.start(sim.plain().logging_to(converge::logger{log}), losing.backoff({1h, 1h}));
    sim.settle();
    auto const times = seen.times("a");
    REQUIRE(times.size() == 4);
    CHECK(times[1] - times[0] <= 1ms);
    CHECK(times[3] - times[0] <= 10ms);
    CHECK(sim.results("conflict") == 3);
    CHECK(sim.results("error") == 0);
    for (auto const& record : log->records())
        CHECK(record.level <= converge::log_level::debug);
}

TEST_CASE("a conflict during the backoff is retried at once too, and the deadline stays")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const losing = acting(seen, [](std::size_t run) {
        if (run == 2 || run == 3)
            throw converge::error{errc::conflict, "someone was faster"};
        fail();
    });
    sim.start(losing.backoff({1h, 1h, 1.0, 0.0}));
    sim.begin(change_at(sim.person, instant{10min}, 2));
    sim.world.run_for(90min);
    auto const times = seen.times("a");
    REQUIRE(times.size() == 5);
    CHECK(times[1] == instant{10min});
    CHECK(times[3] - times[1] <= 10ms);
    CHECK(times[4] == instant{1h});
}

TEST_CASE("conflicts do not lengthen the wait after a failure")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const failing = acting(seen, [](std::size_t run) {
        if (run <= 5)
            throw converge::error{errc::conflict, "someone was faster"};
        fail();
    });
    sim.start(failing.backoff(doubling()));
    sim.world.run_for(4s);
    auto const times = seen.times("a");
    REQUIRE(times.size() == 8);
    CHECK(times[6] - times[5] == 1s);
    CHECK(times[7] - times[6] == 2s);
}

TEST_CASE("conflicts without end are retried ever more slowly, and a success ends that")
{
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const losing = acting(seen, [](std::size_t run) {
        if (run != 100)
            throw converge::error{errc::conflict, "someone was faster"};
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
    CHECK(told->fields == std::vector<converge::log_field>{{"why", "the cloud is away"}});
}

TEST_CASE("writers that step on each other's revisions converge all the same")
{
    std::uint64_t conflicts = 0;
    each_seed(50, [&](simulation& sim) {
        sim.run(sim.person.create(site_named("a", 5)));
        journal seen;
        controller<site> const raising{[&](client api, object<site> of) {
            return raise_ready(seen, std::move(api), std::move(of));
        }};
        sim.start(raising);
        sim.begin(meddle(sim.person, 20));
        sim.settle();
        CHECK(sim.all<site>()[0]->status.ready == 5);
        CHECK(sim.results("error") == 0);
        conflicts += sim.results("conflict");
    });
    CHECK(conflicts > 50);
}
