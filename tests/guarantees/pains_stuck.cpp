// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

#include <converge/async/wake.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <map>
#include <stdexcept>

using namespace guarantees;

namespace {

/// Never ends by itself: waits in one of the ways in which a coroutine can.
task<> hang(std::uint64_t way, client api)
{
    converge::wake never;
    std::function<bool(object<site> const&)> const exists = [](auto const&) { return true; };
    if (way == 0)
        co_await converge::sleep_for(1000h);
    else if (way == 1)
        co_await never.wait();
    else
        co_await api.wait_until(site_key("nobody"), exists);
}

task<outcome> hang_once(std::uint64_t way, journal& seen, client api, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (of.metadata.name == "a" && seen.count("a") == 1)
        co_await hang(way, std::move(api));
    co_return converge::settled();
}

controller<site> hanging_once(std::uint64_t way, journal& seen)
{
    return {[way, &seen](client api, object<site> of) {
        return hang_once(way, seen, std::move(api), std::move(of));
    }};
}

task<> create_at(client api, instant due, std::string name)
{
    co_await converge::sleep_until(due);
    co_await api.create(site_named(std::move(name)));
}

/// The first run of every site hangs.
task<outcome> hang_first(std::uint64_t way, journal& seen, client api, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (seen.count(of.metadata.name) == 1)
        co_await hang(way, std::move(api));
    co_return converge::settled();
}

[[noreturn]] void throw_one(std::uint64_t which)
{
    switch (which) {
    case 0: fail(errc::unavailable);
    case 1: fail(errc::terminal);
    case 2: fail(errc::conflict);
    case 3: throw std::runtime_error{"broken"};
    case 4: throw boost::system::system_error{boost::asio::error::operation_aborted};
    default: throw 42;
    }
}

/// Until `calm`, does whatever may leave something behind: throws, hangs, writes what its caches
/// show late, wants to run again.
task<outcome> make_trouble(bool const& calm, journal& seen, client api, object<site> of)
{
    auto const where = co_await converge::this_coro::executor;
    auto const at = converge::time_of(where).now();
    journal::entry const here{seen, of, at};
    if (calm)
        co_return converge::settled();
    auto const drawn = converge::random_of(where).draw("test.trouble") % 14;
    co_await pause(300ms);
    switch (drawn) {
    case 6: co_await hang(drawn % 3, api); break;
    case 7: co_return converge::again();
    case 8: co_return converge::again_in(700ms);
    case 9:
    case 10:
        ++of.status.ready;
        co_await api.update_status(std::move(of));
        break;
    case 11:
    case 12: {
        auto fresh = page_of(of, "");
        fresh.metadata.generate_name = "p-";
        co_await api.create(std::move(fresh));
        break;
    }
    case 13: co_return converge::settled();
    default: throw_one(drawn);
    }
    co_return converge::again();
}

/// Changes, removes and creates sites; in the end all three are there and want 100 pages.
task<> stir(client api, bool& calm)
{
    auto const where = co_await converge::this_coro::executor;
    auto& chance = converge::random_of(where);
    for (int i = 1; i <= 9; ++i) {
        co_await pause(2s);
        auto const name = "s" + std::to_string(chance.draw("test.which") % 3);
        auto const found = co_await api.find(site_key(name));
        if (found && chance.draw("test.what") % 3 == 0)
            co_await api.remove(site_key(name));
        else
            co_await api.apply(site_named(name, i));
    }
    calm = true;
    for (auto const* name : {"s0", "s1", "s2"})
        co_await api.apply(site_named(name, 100));
}

} // namespace

TEST_CASE("P10 the delays of a failing key grow by its own attempts, whatever others do")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        std::map<std::string, std::vector<fate>> fates;
        for (auto const* name : {"a", "b", "c", "d"}) {
            sim.run(sim.person.create(site_named(name)));
            fates[name] = drawn_fates(chance, chance.uniform(10));
            for (int i = 1; i != 6; ++i)
                sim.begin(change_at(sim.person, instant{i * 1000s}, i + 1, name));
        }
        std::vector<instant> changes;
        for (int i = 0; i != 6; ++i)
            changes.emplace_back(i * 1000s);
        journal seen;
        auto const trying = performing(seen, [&](object<site> const& of, std::size_t nth) {
            return meet(fates[of.metadata.name], nth);
        });
        auto const workers = 1 + static_cast<unsigned>(chance.uniform(4));
        sim.start(trying.backoff(doubling()).workers(workers));
        sim.settle();
        for (auto const& [name, its] : fates) {
            CAPTURE(name);
            REQUIRE(seen.times(name) == foretold(its, changes));
        }
    });
}

TEST_CASE("P10 a policy of one's own is told key, attempt and failure")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(site_named("b")));
        auto const failures = 1 + chance.uniform(6);
        std::map<std::string, std::vector<unsigned>> told;
        journal seen;
        auto const failing = performing(seen, [&](object<site> const& of, std::size_t nth) {
            // Of two rounds of failures the second begins as the first did.
            if (nth % (failures + 1) == 0)
                return nth > failures + 1 ? converge::settled() : converge::again_in(1h);
            fail(of.metadata.name == "a" ? errc::unavailable : errc::forbidden);
        });
        sim.start(failing.retrying(
            [&](converge::key<site> const& id, unsigned attempt, converge::failure const& why) {
                REQUIRE(why.is(id.name == "a" ? errc::unavailable : errc::forbidden));
                told[id.name].push_back(attempt);
                return id.name == "a" ? duration{1s} : duration{attempt * 1min};
            }));
        sim.settle();
        std::vector<unsigned> attempts;
        for (int round = 0; round != 2; ++round)
            for (unsigned attempt = 0; attempt != failures; ++attempt)
                attempts.push_back(attempt);
        REQUIRE(told["a"] == attempts);
        REQUIRE(told["b"] == attempts);
        auto const n = static_cast<int>(failures);
        REQUIRE(seen.times("a").back() == instant{1h + n * 2s});
        REQUIRE(seen.times("b").back() == instant{1h + n * (n - 1) * 1min});
    });
}

TEST_CASE("P17 a reconcile that is stuck is cancelled at its deadline, and its worker goes on")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        for (auto const* name : {"a", "b", "c"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        auto const way = chance.uniform(3);
        auto const limit = 1s + drawn_span(chance, 1min);
        sim.start(hanging_once(way, seen).time_limit(limit));
        sim.settle();
        // There is one worker: the others wait for it, and no longer.
        REQUIRE(seen.times("b") == std::vector<instant>{instant{limit}});
        REQUIRE(seen.times("c") == std::vector<instant>{instant{limit}});
        auto const times = seen.times("a");
        REQUIRE(times.size() == 2);
        REQUIRE(times[0] == instant{});
        REQUIRE(times[1] >= instant{limit + 500ms});
        REQUIRE(times[1] <= instant{limit + 1s});
        REQUIRE(seen.most_at_once == 1);
        REQUIRE(seen.active() == 0);
        REQUIRE(sim.active() == 0);
        REQUIRE(sim.results("error") == 1);
        REQUIRE(sim.results("settled") == 3);
    });
}

TEST_CASE("P17 each of several workers has a deadline of its own")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        journal seen;
        auto const way = chance.uniform(3);
        controller<site> const hanging{[way, &seen](client api, object<site> of) {
            return hang_first(way, seen, std::move(api), std::move(of));
        }};
        auto const limit = 1s + drawn_span(chance, 10s);
        auto const wait = 600ms;
        sim.start(hanging.workers(5).time_limit(limit).backoff({wait, wait, 1.0, 0.0}));
        auto const begun = drawn_instants(chance, 5, 10s);
        for (auto const& at : begun)
            sim.begin(create_at(sim.person, at, "s" + std::to_string(&at - &begun[0])));
        sim.settle();
        for (std::size_t i = 0; i != begun.size(); ++i) {
            CAPTURE(i);
            std::vector<instant> const expected{begun[i], begun[i] + limit + wait};
            REQUIRE(seen.times("s" + std::to_string(i)) == expected);
        }
        REQUIRE(sim.active() == 0);
    });
}

TEST_CASE("P17 the deadline is five minutes unless it is said otherwise, or that there is none")
{
    for (bool const limited : {true, false}) {
        simulation sim{1};
        sim.run(sim.person.create(site_named("a")));
        sim.run(sim.person.create(site_named("b")));
        journal seen;
        auto const plane =
            sim.start(limited ? hanging_once(0, seen) : hanging_once(0, seen).without_time_limit());
        sim.world.run_for(900h);
        CHECK(seen.times("b") ==
              (limited ? std::vector<instant>{instant{5min}} : std::vector<instant>{}));
        sim.world.kill(plane);
    }
}

TEST_CASE("P18 no key is left as in progress: each is reconciled again, whatever its runs did")
{
    try_seeds([](simulation& sim) {
        bool calm = false;
        journal seen;
        controller<site> const troubled{[&](client api, object<site> of) {
            return make_trouble(calm, seen, std::move(api), std::move(of));
        }};
        auto const plane = sim.start(
            troubled.owns<page>().workers(2).time_limit(1s).backoff({100ms, 1s, 2.0, 0.1}));
        sim.world.crash(plane, 40 + sim.world.draw("test.crash") % 400, 500ms);
        sim.begin(stir(sim.person, calm));
        sim.settle();
        for (auto const* name : {"s0", "s1", "s2"}) {
            CAPTURE(name);
            REQUIRE(seen.last_seen(name) == 100);
        }
        REQUIRE(seen.most_of_one == 1);
        REQUIRE(seen.active() == 0);
        REQUIRE(sim.active() == 0);
    });
}
