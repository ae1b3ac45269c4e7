// SPDX-License-Identifier: BSL-1.0
#include <converge/manager/run.hpp>

#include "seeds.hpp"

#include <manager/election.hpp>

#include <converge/testing/check_scenario.hpp>
#include <converge/testing/explore.hpp>
#include <converge/testing/simulation.hpp>

#include <atomic>
#include <map>

using namespace control_test;
using converge::errc;
using converge::testing::fault_kind;

namespace {

/// What a person wants written down.
struct wish {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Wish"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(wish::spec, (), (number))

/// Who wrote down what: the term of the leader.
struct record {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Record"};
    struct spec {
        int number = 0;
        std::uint64_t term = 0;
    };
};
BOOST_DESCRIBE_STRUCT(record::spec, (), (number, term))

/// Writes without reading first, as only one who is alone may.
task<outcome> write_down(client writer, std::uint64_t term, object<wish> of)
{
    object<record> made{of.metadata.name};
    made.spec.number = of.spec.number;
    made.spec.term = term;
    auto const forced = converge::write_options{}.forced();
    co_await writer.apply(std::move(made), forced);
    co_return converge::settled();
}

std::vector<converge::key<wish>> wished(object<record> const& of)
{
    return {converge::key<wish>{of.metadata.name}};
}

task<> change_wishes(client api)
{
    for (auto const* name : {"a", "b"}) {
        object<wish> const made{name};
        co_await api.create(made);
    }
    for (int number = 1; number <= 12; ++number) {
        co_await converge::sleep_for(5s);
        object<wish> next{number % 2 == 0 ? "a" : "b"};
        next.spec.number = number;
        co_await api.update(next);
    }
}

/// Judges the order in which terms write.
struct terms {
    /// By name: its spec. Others may write the rest of it.
    std::map<std::string, std::pair<std::uint64_t, int>> seen{};
    std::uint64_t newest = 0;

    std::string judge(converge::testing::snapshot const& now, std::atomic<int>& successions)
    {
        for (auto const& each : now.all<record>()) {
            std::pair const present{each->spec.term, each->spec.number};
            if (std::exchange(seen[each->metadata.name], present) == present)
                continue;
            if (each->spec.term < newest)
                return "the leader of term " + std::to_string(each->spec.term) +
                       " wrote after that of term " + std::to_string(newest);
            if (newest != 0 && each->spec.term > newest)
                ++successions;
            newest = each->spec.term;
        }
        return {};
    }
};

std::string all_written(converge::testing::snapshot const& now)
{
    for (auto const& each : now.all<wish>()) {
        auto const found = now.find(converge::key<record>{each->metadata.name});
        if (!found || found->spec.number != each->spec.number)
            return each->metadata.name + " is not written down";
    }
    return {};
}

constexpr char const* in_order = "no former leader writes";

/// Three replicas that compete, and all that may go wrong.
converge::testing::scenario succession(bool fenced, std::atomic<int>& successions)
{
    auto const declare = [fenced, &successions](converge::testing::simulation& sim) {
        for (auto const* name : {"one", "two", "three"})
            sim.plane(name, [fenced, name](client api) {
                auto const bare = api.as("wish");
                auto const reconcile = [fenced, bare](client own, object<wish> of) {
                    auto const term = own.term()->token().value();
                    return write_down(fenced ? own : bare, term, std::move(of));
                };
                // A late write of its own term it sees, and mends.
                auto const all = controller<wish>{reconcile}.watches<record>(wished);
                auto spans = of_sites(name).lasting(20s).renewing_every(9s).giving_up_after(14s);
                return converge::run(api, run_options{}.electing(std::move(spans)), all);
            });
        sim.user("user", change_wishes);
        auto const judge = std::make_shared<terms>();
        sim.always(in_order, [judge, &successions](converge::testing::snapshot const& now) {
            return judge->judge(now, successions);
        });
        sim.eventually("all is written down", all_written);
        sim.restless<converge::lease>();
        // Its term changes with the leader.
        sim.restless<record>();
        sim.chance_of(fault_kind::pause, 0.03);
        sim.chance_of(fault_kind::late_request, 0.03);
        sim.chance_of(fault_kind::lost_answer, 0.03);
        sim.chance_of(fault_kind::crash_in_request, 0.01);
    };
    return {fenced ? "succession" : "succession-without-fences", declare, guarantees::seeds()};
}

} // namespace

TEST_CASE("M1 no write of a former leader lands after the first of its successor")
{
    std::atomic<int> successions{0};
    converge::testing::check_scenario(succession(true, successions));
    CHECK(successions > static_cast<int>(guarantees::seeds() / 2));
    // What it would be without: of the same schedules some let such a write through.
    std::atomic<int> none{0};
    auto const how = converge::testing::explore_options{}.without_shrinking();
    auto const found = converge::testing::explore(succession(false, none), how);
    REQUIRE_FALSE(found.holds());
    CHECK(found.failures.front().wrong.oracle == in_order);
    auto const same = run_plan(succession(true, none), found.failures.front().plan);
    CHECK_FALSE(same.wrong);
}

namespace {

duration constexpr lease_span = 15s;

/// The others lead as soon as they see that the lease is gone: jitter, two ways of a network, and
/// timers that are late.
duration constexpr at_once = 3s;

task<outcome> sit(int& started, int& finished, duration span)
{
    ++started;
    co_await converge::sleep_for(span);
    ++finished;
    co_return converge::settled();
}

/// A controller whose reconciles take `span`.
controller<site> slow(int& started, int& finished, duration span)
{
    return {
        [&started, &finished, span](client, object<site>) { return sit(started, finished, span); }};
}

task<outcome> pass(client, object<site>) { co_return converge::settled(); }

duration drawn(contest& in, duration longest)
{
    return longest / 1000 * static_cast<int>(in.sim.world.draw("test") % 1000);
}

/// A share of what the promises that need a whole world each are tried with.
std::uint64_t worlds() { return guarantees::seeds(); }

} // namespace

TEST_CASE("M2 a released lease is taken at once, a crashed leader's after its duration")
{
    each_contest(guarantees::seeds(), [](contest& among) {
        auto& first = among.add("first");
        auto& second = among.add("second");
        first.start(controller<site>{pass});
        auto const began = first.wait_leads();
        CHECK(began < instant{at_once});
        second.start(controller<site>{pass});
        among.sim.world.run_for(5s + drawn(among, 30s));
        CHECK_FALSE(second.is_leader());
        bool const crashes = among.sim.world.draw("test") % 2 == 0;
        auto const over = among.sim.world.now();
        if (crashes)
            first.kill();
        else
            first.stop();
        auto const waited = second.wait_leads() - over;
        if (crashes) {
            // Of its last renewal, which was at most one interval, and a late timer, ago.
            CHECK(waited > lease_span - 5s - 2s);
            CHECK(waited < lease_span + at_once);
        } else {
            CHECK(waited < at_once);
            REQUIRE(first.ended_at);
        }
    });
}

TEST_CASE("M3 a replica seeks leadership when its caches are warm, and reconciles at once")
{
    each_contest(worlds(), [](contest& among) {
        among.sim.run(among.sim.person.create(site_named("a")));
        auto& first = among.add("first");
        auto& second = among.add("second");
        for (auto* const each : {&first, &second}) {
            each->line->delays["list Site"] = 1s + drawn(among, 20s);
            each->line->delays["list Page"] = 1s + drawn(among, 20s);
        }
        int started = 0;
        int finished = 0;
        auto const sites = slow(started, finished, {}).owns<page>();
        first.start(sites);
        second.start(sites);
        for (int terms = 0; terms != 2; ++terms) {
            auto const one_leads = [&] { return first.is_leader() || second.is_leader(); };
            REQUIRE(among.sim.world.run_until(one_leads, 2min) == stop_reason::done);
            auto* const each = first.is_leader() ? &first : &second;
            auto const& done = each->line->done;
            auto const asked = noted_line::first(each->line->deeds, "get Lease");
            REQUIRE(asked);
            for (auto const* list : {"list Site", "list Page"}) {
                auto const listed = noted_line::first(done, list);
                REQUIRE(listed);
                CHECK(done[*listed].at <= each->line->deeds[*asked].at);
            }
            // It lists no more: what it reconciles is there.
            started = 0;
            among.sim.world.run_for(1ms);
            CHECK(started == 1);
            among.sim.world.run_for(30s);
            each->kill();
            REQUIRE_FALSE(each->is_leader());
        }
    });
}

TEST_CASE("M4 a leader that cannot renew stops by itself before another may lead")
{
    each_contest(guarantees::seeds(), [](contest& among) {
        among.sim.run(among.sim.person.create(site_named("a")));
        auto& first = among.add("first");
        auto& second = among.add("second");
        int started = 0;
        int finished = 0;
        first.grace = 1h;
        first.start(slow(started, finished, 1h));
        first.wait_leads();
        second.start(controller<site>{pass});
        among.sim.world.run_for(5s + drawn(among, 30s));
        REQUIRE(first.active() == 1);
        // Nothing that it sends arrives any more, or all is refused.
        bool const silent = among.sim.world.draw("test") % 2 == 0;
        (silent ? first.line->silent : first.line->failing) = true;
        auto const cut = among.sim.world.now();
        bool together = false;
        auto const stops = [&] {
            together = together || (first.is_leader() && second.is_leader());
            return first.active() == 0;
        };
        REQUIRE(among.sim.world.run_until(stops, 1min) == stop_reason::done);
        CHECK_FALSE(second.is_leader());
        CHECK_FALSE(first.is_leader());
        CHECK(finished == 0);
        // It tries to the end: its last renewal was an interval and a late timer ago at most.
        auto const stopped = among.sim.world.now();
        CHECK(stopped - cut > 10s - 5s - 2s);
        CHECK(stopped - cut < 10s + at_once);
        CHECK(second.wait_leads() > stopped);
        CHECK_FALSE(together);
    });
}

TEST_CASE("R12 what runs already, or is given twice, is refused before anything starts")
{
    contest among{0};
    auto& one = among.add("one");
    auto& other = among.add("other");
    controller<site> const sites{pass};
    converge::health const watched;
    auto const refused = [&](replica& by) {
        by.wait_ended(1s);
        CHECK_THROWS_AS(std::rethrow_exception(by.failure), converge::error);
        CHECK(by.line->deeds.empty());
    };
    SUBCASE("a controller given twice")
    {
        one.start(one.options(of_sites()), sites, sites);
        refused(one);
    }
    SUBCASE("a health that another control plane reports to")
    {
        one.start(one.options(of_sites()).reporting_to(watched), sites);
        one.wait_leads();
        other.start(other.options(of_sites()).reporting_to(watched), sites);
        refused(other);
        CHECK(watched.ready().ok());
        // Free again once the first has ended.
        one.stop();
        one.wait_ended();
        auto& third = among.add("third");
        third.start(third.options(of_sites()).reporting_to(watched), sites);
        third.wait_leads();
        CHECK(watched.ready().ok());
    }
}

TEST_CASE("R13 controllers stop first, then caches, then housekeeping, the lease last")
{
    each_contest(worlds(), [](contest& among) {
        for (auto const* name : {"a", "b"})
            among.sim.run(among.sim.person.create(site_named(name)));
        auto& first = among.add("first");
        auto& second = among.add("second");
        first.grace = 1h;
        int started = 0;
        int finished = 0;
        first.start(slow(started, finished, 1min));
        second.start(controller<site>{pass});
        while (!first.is_leader() && !second.is_leader())
            among.sim.world.run_for(1ms);
        if (!first.is_leader())
            return;
        among.sim.world.run_for(drawn(among, 30s));
        first.stop();
        // It drains for longer than a lease lasts, and leads meanwhile.
        first.wait_ended();
        CHECK(started == 1);
        CHECK(finished == 1);
        auto const& deeds = first.line->deeds;
        auto const cache = noted_line::last(deeds, "end of watch Site");
        auto const duties = noted_line::last(deeds, "end of housekeep");
        auto const released = noted_line::last(deeds, "remove Lease");
        REQUIRE(cache);
        CHECK(*cache < *duties);
        REQUIRE(released);
        CHECK(*duties < *released);
        CHECK(noted_line::first(deeds, "end of housekeep") == duties);
        CHECK(second.wait_leads(at_once) >= *first.ended_at - at_once);
    });
}

TEST_CASE("R13 a lost lease skips the grace period")
{
    each_contest(worlds(), [](contest& among) {
        among.sim.run(among.sim.person.create(site_named("a")));
        auto& first = among.add("first");
        first.grace = 1h;
        int started = 0;
        int finished = 0;
        first.start(slow(started, finished, 1h));
        first.wait_leads();
        among.sim.world.run_for(1s + drawn(among, 10s));
        REQUIRE(first.active() == 1);
        // Also while it drains already.
        bool const drains = among.sim.world.draw("test") % 2 == 0;
        if (drains) {
            first.stop();
            among.sim.world.run_for(1min);
            REQUIRE(first.active() == 1);
        }
        auto const term = among.lease()->metadata.resource_version;
        among.sim.run(among.sim.person.remove(of_sites().held_by()));
        auto const stops = [&] { return first.active() == 0; };
        REQUIRE(among.sim.world.run_until(stops, 5s + at_once) == stop_reason::done);
        CHECK(finished == 0);
        if (drains) {
            first.wait_ended(at_once);
            CHECK(among.lease() == nullptr);
            return;
        }
        // It competes again, and leads another term.
        among.sim.world.run_for(at_once);
        CHECK(first.is_leader());
        CHECK(among.lease()->metadata.resource_version > term);
        CHECK(first.active() == 1);
    });
}
