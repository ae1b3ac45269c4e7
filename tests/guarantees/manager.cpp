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

task<> change_wishes(client api)
{
    for (auto const* name : {"a", "b"})
        co_await api.create(object<wish>{name});
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
                return converge::run(api, run_options{}.electing(of_sites(name)),
                                     controller<wish>{reconcile});
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
}
