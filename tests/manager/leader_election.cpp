// SPDX-License-Identifier: BSL-1.0
#include <converge/manager/leader_election.hpp>

#include "election.hpp"
#include "ending.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <set>
#include <vector>

using namespace control_test;
using converge::errc;

namespace {

task<outcome> pass(client, object<site>) { co_return converge::settled(); }

task<outcome> pass_lease(client, object<converge::lease>) { co_return converge::settled(); }

task<outcome> never_end(client, object<site>)
{
    co_await converge::sleep_for(24h);
    co_return converge::settled();
}

/// Writes all the time.
task<outcome> tick(client api, object<site> of)
{
    object<page> made{of.metadata.name};
    auto const present = co_await converge::now();
    made.spec.number = static_cast<int>(present.time_since_epoch() / 1ms);
    auto const forced = converge::write_options{}.forced();
    co_await api.apply(made, forced);
    co_return converge::again_in(100ms);
}

/// Thinks for two seconds, and writes which term it is.
task<outcome> think(client writer, int term, object<site> of)
{
    co_await converge::sleep_for(2s);
    object<page> made{of.metadata.name};
    made.spec.number = term;
    auto const forced = converge::write_options{}.forced();
    co_await writer.apply(made, forced);
    co_return converge::settled();
}

/// Lets the machine of a leader stand still with a write to come, until another leads. @returns
/// whether the write of the former landed on that of its successor.
bool overwritten(std::uint64_t seed, bool fenced)
{
    contest among{seed};
    among.sim.run(among.sim.person.create(site_named("a")));
    auto& first = among.add("first");
    auto& second = among.add("second");
    for (auto* const each : {&first, &second}) {
        auto const bare = each->connect().as("site");
        controller<site> const sites{[fenced, bare](client own, object<site> of) {
            auto const term = static_cast<int>(own.term()->token().value());
            return think(fenced ? own : bare, term, std::move(of));
        }};
        each->start(sites);
        if (each == &second)
            break;
        first.wait_leads();
        among.sim.world.run_for(1s);
        among.sim.world.pause(*first.process, 1min);
    }
    second.wait_leads();
    auto const term = static_cast<int>(among.lease()->metadata.resource_version.value());
    among.sim.world.run_for(10s);
    auto const written = [&among] {
        return among.sim.run(among.sim.person.get(converge::key<page>{"a"}))->spec.number;
    };
    CHECK(written() == term);
    among.sim.world.run_for(1min);
    return written() != term;
}

task<> yield_times(int times)
{
    for (int i = 0; i < times; ++i)
        co_await converge::yield();
}

double counted(replica const& of, char const* name)
{
    return static_cast<double>(of.metrics->counter(name, "", {{"name", "sites"}}).value());
}

/// Whether what ended `of` was this.
bool ended_by(replica const& of, errc code)
{
    try {
        std::rethrow_exception(of.failure);
    } catch (converge::error const& failed) {
        return failed.is(code);
    }
}

} // namespace

TEST_CASE("an election whose spans do not rise is refused, and says which they are")
{
    of_sites().check();
    of_sites().renewing_every(1ms).giving_up_after(2ms).lasting(3ms).check();
    for (auto const& wrong :
         {of_sites().lasting(10s), of_sites().giving_up_after(5s), of_sites().renewing_every(0s)})
        CHECK_THROWS_WITH_AS(wrong.check(), doctest::Contains("gives up after"), converge::error);
    contest among{0};
    auto& one = among.add("one");
    one.start(one.options(of_sites().lasting(1s)), controller<site>{pass});
    one.wait_ended(1s);
    CHECK(ended_by(one, errc::invalid));
    CHECK(one.line->deeds.empty());
}

TEST_CASE("the lease says who leads, for how long, and since when")
{
    contest among{0};
    auto& one = among.add("one");
    one.start(one.options(of_sites("host-1").lasting(10500ms)), controller<site>{pass});
    one.wait_leads();
    auto const lease = among.lease();
    REQUIRE(lease);
    CHECK(lease->spec.holder_identity == "host-1");
    CHECK(lease->spec.lease_duration_seconds == 11);
    CHECK(lease->spec.acquire_time.has_value());
    among.sim.world.run_for(1h);
    CHECK(among.lease()->metadata.resource_version == lease->metadata.resource_version);
    CHECK(one.is_leader());
}

TEST_CASE("who names no identity draws one, and no two the same")
{
    std::set<std::string> drawn;
    contest among{0};
    for (auto const* name : {"one", "two", "three"}) {
        auto& each = among.add(name);
        each.start(each.options(of_sites()), controller<site>{pass});
        each.wait_leads();
        drawn.insert(among.lease()->spec.holder_identity);
        each.stop();
        each.wait_ended();
    }
    CHECK(drawn.size() == 3);
    CHECK_FALSE(drawn.contains(""));
}

TEST_CASE("two replicas of one identity are two: only one leads")
{
    each_contest(20, [](contest& among) {
        std::vector<replica*> all{&among.add("one"), &among.add("two")};
        for (auto* const each : all)
            each->start(each->options(of_sites("twin")), controller<site>{pass});
        among.sim.world.run_for(2min);
        CHECK(all[0]->is_leader() != all[1]->is_leader());
        CHECK(counted(*all[0], "converge_leader_transitions_total") +
                  counted(*all[1], "converge_leader_transitions_total") ==
              1);
    });
}

TEST_CASE("a lease whose creation was never answered is known again, and led by")
{
    each_contest(20, [](contest& among) {
        auto& one = among.add("one");
        one.line->loses = "create Lease";
        one.start(controller<site>{pass});
        CHECK(one.wait_leads() < instant{2s});
        CHECK(one.line->loses.empty());
        among.sim.world.run_for(1min);
        CHECK(one.is_leader());
        CHECK(counted(one, "converge_leader_transitions_total") == 1);
    });
}

TEST_CASE("an answer that took longer than a leader may be without renewal is asked for again")
{
    contest among{0};
    auto& one = among.add("one");
    one.line->delays["create Lease"] = 11s;
    one.start(controller<site>{pass});
    one.wait_leads();
    CHECK(noted_line::last(one.line->done, "renew Lease").has_value());
}

TEST_CASE("who waits watches, and does not ask all the time")
{
    contest among{0};
    auto& one = among.add("one");
    one.start(controller<site>{pass});
    one.wait_leads();
    auto& two = among.add("two");
    two.start(controller<site>{pass});
    among.sim.world.run_for(10min);
    CHECK(one.is_leader());
    auto const is_get = [](noted_line::deed const& each) { return each.what == "get Lease"; };
    CHECK(std::ranges::count_if(two.line->deeds, is_get) <= 10 * 60 / 15 + 2);
    CHECK_FALSE(noted_line::first(two.line->deeds, "create Lease"));
}

TEST_CASE("controllers that are on every replica run wherever, and write without a fence")
{
    each_contest(20, [](contest& among) {
        among.sim.run(among.sim.person.create(site_named("a")));
        std::vector<replica*> all{&among.add("one"), &among.add("two")};
        for (auto* const each : all) {
            controller<site> const leaders{never_end};
            auto const everywhere = controller<site>{tick}.named(each->name).on_every_replica();
            each->start(each->options(of_sites()), leaders, everywhere);
        }
        among.sim.world.run_for(30s);
        CHECK(all[0]->active() + all[1]->active() == 1);
        for (auto* const each : all) {
            auto const last = noted_line::last(each->line->done, "apply Page");
            REQUIRE(last);
            CHECK(among.sim.world.now() - each->line->done[*last].at < 1s);
        }
    });
}

TEST_CASE("a write that is refused as fenced stops the controllers at once")
{
    each_contest(20, [](contest& among) {
        among.sim.run(among.sim.person.create(site_named("a")));
        auto& one = among.add("one");
        one.start(one.options(of_sites().ending_when_lost()), controller<site>{tick});
        one.wait_leads();
        among.sim.world.run_for(1s);
        among.sim.run(among.sim.person.remove(of_sites().held_by()));
        // Long before it would renew.
        auto const lost = among.sim.world.now();
        CHECK(one.wait_ended() - lost < 2s);
        CHECK(ended_by(one, errc::fenced));
        CHECK(one.active() == 0);
    });
}

TEST_CASE("who lost the lease competes again with fresh caches, unless it ends")
{
    each_contest(20, [](contest& among) {
        among.sim.run(among.sim.person.create(site_named("a")));
        bool const ends = among.sim.world.draw("test") % 2 == 0;
        auto& one = among.add("one");
        auto how = of_sites("one");
        one.start(one.options(ends ? std::move(how).ending_when_lost() : std::move(how)),
                  controller<site>{tick});
        one.wait_leads();
        auto const lists = [&one] {
            auto const is_list = [](noted_line::deed const& each) {
                return each.what == "list Site";
            };
            return std::ranges::count_if(one.line->deeds, is_list);
        };
        CHECK(lists() == 1);
        auto usurped = boost::json::parse(R"({"spec":{"holderIdentity":"operator"}})");
        among.sim.run(among.sim.person.patch(of_sites().held_by(), std::move(usurped)));
        among.sim.world.run_for(10s);
        CHECK(one.ended_at.has_value() == ends);
        // The lease that it got is its own to remove, whoever wrote in it.
        CHECK(one.is_leader() == !ends);
        CHECK(lists() == (ends ? 1 : 2));
        CHECK(counted(one, "converge_leader_transitions_total") == (ends ? 1 : 2));
    });
}

TEST_CASE("measures tell of renewals that fail")
{
    contest among{0};
    auto& one = among.add("one");
    auto const age =
        one.metrics->gauge("converge_leader_seconds_since_renewal", "", {{"name", "sites"}});
    one.start(controller<site>{pass});
    one.wait_leads();
    among.sim.world.run_for(1min);
    CHECK(counted(one, "converge_leader_renewals_failed_total") == 0);
    CHECK(age.value() < 1);
    one.line->failing = true;
    among.sim.world.run_for(8s);
    CHECK(counted(one, "converge_leader_renewals_failed_total") >= 2);
    CHECK(age.value() > 5);
    CHECK(one.is_leader());
    one.line->failing = false;
    among.sim.world.run_for(5s);
    CHECK(age.value() < 1);
    CHECK(one.is_leader());
}

TEST_CASE("what a leader writes whose machine stood still is refused, and only by its fence")
{
    int landed = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        CHECK_FALSE(overwritten(seed, true));
        landed += overwritten(seed, false) ? 1 : 0;
    }
    // Whether it writes before it learns that its lease has ended is chance.
    CHECK(landed > 0);
    CHECK(landed < 40);
}

TEST_CASE("a lease that cannot be given back holds the stop up for one renew interval at most")
{
    contest among{0};
    auto& one = among.add("one");
    one.start(controller<site>{pass});
    one.wait_leads();
    one.line->silent = true;
    auto const at = among.sim.world.now();
    one.stop();
    CHECK(one.wait_ended() - at <= 5s + 100ms);
    CHECK_FALSE(one.is_leader());
    CHECK(among.lease() != nullptr);
}

TEST_CASE("a control plane that is cancelled anywhere leaves nothing behind")
{
    for (bool const networked : {false, true})
        for (int turns = 0; turns < 120; ++turns) {
            CAPTURE(networked);
            CAPTURE(turns);
            std::optional<network_weather> weather;
            if (networked)
                weather.emplace();
            contest among{static_cast<std::uint64_t>(turns), weather};
            among.sim.run(among.sim.person.create(site_named("a")));
            auto& one = among.add("one");
            auto const how = one.options(of_sites());
            controller<site> const leaders{tick};
            auto const all = controller<converge::lease>{pass_lease}.on_every_replica();
            ending end;
            among.sim.world.start("cancelled", [&] {
                auto cut = networked ? converge::sleep_for(turns * 1ms) : yield_times(turns);
                return watch_end(end,
                                 converge::until(std::move(cut),
                                                 converge::run(one.connect(), how, leaders, all)));
            });
            among.sim.settle();
            REQUIRE(end.at);
            CHECK_FALSE(end.failure);
            CHECK(one.active() == 0);
            CHECK_FALSE(one.is_leader());
            CHECK(among.lease() == nullptr);
            // Without a network nobody but the cancelled can be late.
            CHECK(*end.at < instant{networked ? 1s : 1ms});
        }
}
