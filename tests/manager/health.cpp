// SPDX-License-Identifier: BSL-1.0
#include <converge/manager/health.hpp>

#include "election.hpp"

#include <boost/json/serialize.hpp>

using namespace control_test;
using converge::health;
using converge::health_report;

namespace {

task<outcome> never_end(client, object<site>)
{
    co_await converge::sleep_for(240h);
    co_return converge::settled();
}

task<outcome> pass(client, object<site>) { co_return converge::settled(); }

std::string why(health_report const& in, std::string_view name)
{
    for (auto const& each : in.checks())
        if (each.name == name)
            return each.why;
    return "no such check";
}

} // namespace

TEST_CASE("without a control plane nothing is ready, and nothing is to be restarted")
{
    health const of;
    CHECK(of.live().ok());
    CHECK_FALSE(of.ready().ok());
    CHECK(why(of.ready(), "running") == "no control plane runs");
}

TEST_CASE("ready when every cache is synced, and until then it says which is not, and why")
{
    contest among{0};
    auto& one = among.add("one");
    one.line->failing = true;
    health const of;
    controller<site> const sites{pass};
    one.start(run_options{one.context()}.reporting_to(of), sites.owns<page>());
    among.sim.world.run_for(1s);
    auto const unready = of.ready();
    CHECK_FALSE(unready.ok());
    CHECK(why(unready, "caches").find("/sites is not synced: ") != std::string::npos);
    CHECK(why(unready, "caches").find("the line is down") != std::string::npos);
    CHECK(why(unready, "caches").find("; ") != std::string::npos);
    CHECK(of.live().ok());
    one.line->failing = false;
    among.sim.world.run_for(1min);
    CHECK(of.ready().ok());
    CHECK(why(of.ready(), "leadership") == "no such check");
    one.stop();
    one.wait_ended();
    CHECK_FALSE(of.ready().ok());
    CHECK(of.live().ok());
}

TEST_CASE("with an election it is ready once it is known who leads, itself or another")
{
    each_contest(20, [](contest& among) {
        health const of_first;
        health const of_second;
        auto& first = among.add("first");
        auto& second = among.add("second");
        first.line->delays["get Lease"] = 5s;
        first.start(first.options(of_sites()).reporting_to(of_first), controller<site>{pass});
        among.sim.world.run_for(3s);
        CHECK(why(of_first.ready(), "caches").empty());
        CHECK(why(of_first.ready(), "leadership") == "it is not known who leads");
        first.wait_leads();
        CHECK(of_first.ready().ok());
        second.start(second.options(of_sites()).reporting_to(of_second), controller<site>{pass});
        among.sim.world.run_for(3s);
        CHECK_FALSE(second.is_leader());
        CHECK(of_second.ready().ok());
        // Where no leader can be heard of any more, nobody knows.
        first.kill();
        second.line->failing = true;
        among.sim.world.run_for(1min);
        CHECK_FALSE(of_second.ready().ok());
    });
}

TEST_CASE("a reconcile that takes far longer than it may is a stuck worker")
{
    contest among{0};
    among.sim.run(among.sim.person.create(site_named("a")));
    auto& one = among.add("one");
    health of;
    SUBCASE("without a time limit: longer than is said")
    {
        one.start(run_options{one.context()}.reporting_to(of),
                  controller<site>{never_end}.without_time_limit());
        among.sim.world.run_for(9min);
        CHECK(of.live().ok());
        among.sim.world.run_for(2min);
        auto const stuck = of.live();
        CHECK_FALSE(stuck.ok());
        CHECK(why(stuck, "reconciles").starts_with("site has been reconciling Site default/a for"));
        of.stuck_after(1h);
        CHECK(of.live().ok());
    }
    SUBCASE("with a time limit it is cancelled, and no worker is stuck")
    {
        auto const limited = controller<site>{never_end}.time_limit(1min);
        one.start(run_options{one.context()}.reporting_to(of), limited);
        for (int minutes = 0; minutes < 30; ++minutes) {
            among.sim.world.run_for(1min);
            CHECK(of.live().ok());
        }
    }
}

TEST_CASE("checks of one's own count, and the report says all as JSON")
{
    health of;
    std::string broken;
    of.check_live("disk", [&broken] { return broken; });
    of.check_ready("licence", [] { return std::string{"expired"}; });
    CHECK(of.live().ok());
    CHECK(boost::json::serialize(of.live().to_json()) ==
          R"({"ok":true,"checks":[{"name":"disk","ok":true}]})");
    broken = "full";
    auto const copy = of;
    CHECK(boost::json::serialize(copy.live().to_json()) ==
          R"({"ok":false,"checks":[{"name":"disk","ok":false,"why":"full"}]})");
    CHECK(why(of.ready(), "licence") == "expired");
}
