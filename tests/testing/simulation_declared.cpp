// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/simulation.hpp>

#include <converge/async/sleep.hpp>
#include <converge/controller/detail/loop_monitor.hpp>
#include <converge/core/failure.hpp>

#include <boost/asio/execution_context.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>

using namespace converge;
using namespace converge::testing;
using namespace std::chrono_literals;

namespace {

task<> rest(client) { co_await sleep_for(1s); }

task<> add_user(simulation& sim)
{
    co_await sleep_for(1s);
    sim.user("late", rest);
}

task<> add_plane(simulation& sim, std::string& refused)
{
    co_await sleep_for(1s);
    try {
        sim.plane("controllers", rest);
    } catch (error const& no) {
        refused = no.what();
    }
    sim.may_end("others");
    sim.plane("others", rest);
}

std::optional<duration> resync_of(simulation& sim)
{
    auto& monitor = boost::asio::use_service<converge::detail::loop_monitor>(sim.world());
    return monitor.resync(5min);
}

} // namespace

TEST_CASE("a simulation runs once")
{
    simulation sim{fault_plan::calm(1)};
    sim.faults_for(1s);
    CHECK_FALSE(sim.run().wrong.has_value());
    CHECK_THROWS_WITH_AS((void)sim.run(), doctest::Contains("runs once"), error);
}

TEST_CASE("two planes of one name are refused, before the run and within")
{
    simulation sim{fault_plan::calm(1)};
    sim.may_end("controllers");
    sim.plane("controllers", rest);
    CHECK_THROWS_WITH_AS(sim.plane("controllers", rest),
                         doctest::Contains("two planes have the name \"controllers\""), error);
    std::string refused;
    sim.environment("starter", [&] { return add_plane(sim, refused); });
    sim.faults_for(5s);
    CHECK_FALSE(sim.run().wrong.has_value());
    CHECK(refused.find("two planes have the name \"controllers\"") != std::string::npos);
}

TEST_CASE("a plane that was started while a simulation runs may have a successor of its name")
{
    simulation sim{fault_plan::calm(1)};
    std::string refused;
    sim.environment("starter", [&] { return add_plane(sim, refused); });
    sim.environment("other", [&] { return add_plane(sim, refused); });
    sim.may_end("controllers");
    sim.faults_for(5s);
    CHECK_FALSE(sim.run().wrong.has_value());
    CHECK(refused.empty());
}

TEST_CASE("a user who comes when the simulation runs is refused")
{
    simulation sim{fault_plan::calm(1)};
    std::string refused;
    sim.always("nothing", [](snapshot const&) { return std::string{}; });
    sim.may_end("controllers");
    sim.plane("controllers", [&](client) -> task<> {
        try {
            sim.user("late", rest);
        } catch (error const& no) {
            refused = no.what();
        }
        return add_user(sim);
    });
    sim.faults_for(5s);
    auto const report = sim.run();
    CHECK(refused.find("user \"late\": the simulation runs already") != std::string::npos);
    REQUIRE(report.wrong.has_value());
    CHECK(report.wrong->message.find("user \"late\"") != std::string::npos);
}

TEST_CASE("resyncs are what the seed draws, unless the scenario keeps those that are asked for")
{
    std::set<std::optional<duration>> drawn;
    for (std::uint64_t seed = 0; seed != 10; ++seed) {
        simulation sim{fault_plan{seed}};
        drawn.insert(resync_of(sim));
        sim.keeps_resyncs();
        CHECK(resync_of(sim) == duration{5min});
    }
    CHECK(drawn == std::set<std::optional<duration>>{std::nullopt, duration{30s}});
}
