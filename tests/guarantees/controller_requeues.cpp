// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

using namespace guarantees;

namespace {

/// How long the runs of `a` take, when they want to run again, and when it changes.
struct timetable {
    std::vector<duration> takes;
    std::vector<duration> waits;
    std::vector<instant> changes;
};

timetable drawn_timetable(random_bits& chance)
{
    timetable made;
    for (int i = 0; i != 40; ++i) {
        made.takes.push_back(drawn_span(chance, 2s));
        made.waits.push_back(drawn_span(chance, 20s));
    }
    made.changes = drawn_instants(chance, 1 + chance.uniform(8), 60s);
    return made;
}

/// When the runs begin, up to `end`: at the latest when the one before asked for it.
std::vector<instant> beginnings(timetable const& of, instant end)
{
    std::vector<instant> found;
    auto change = of.changes.begin();
    auto const is_by = [&](instant at) { return change != of.changes.end() && *change <= at; };
    for (instant begun{}; begun <= end;) {
        auto const nth = found.size() % of.takes.size();
        found.push_back(begun);
        auto const ended = begun + of.takes[nth];
        auto next = ended + of.waits[nth];
        if (is_by(ended)) {
            next = ended;
            while (is_by(ended))
                ++change;
        } else if (is_by(next)) {
            next = *change++;
        }
        begun = next;
    }
    return found;
}

task<outcome> keep_to(timetable const& table, journal& seen, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    auto const nth = (seen.runs.size() - 1) % table.takes.size();
    co_await converge::sleep_for(table.takes[nth]);
    co_return converge::again_in(table.waits[nth]);
}

/// Asks once to be run again; the site `z` occupies the worker meanwhile.
task<outcome> ask_again(std::vector<fate> const& how, journal& seen, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    bool const first = seen.count(of.metadata.name) == 1;
    if (of.metadata.name == "z") {
        if (first)
            co_return converge::again_in(500ms);
        co_await converge::sleep_for(2s);
        co_return converge::settled();
    }
    if (!first)
        co_return converge::settled();
    auto const ended = meet(how, static_cast<std::size_t>(of.spec.pages));
    co_return ended.kind() == converge::outcome_kind::again ? ended : converge::again_in(1s);
}

} // namespace

TEST_CASE("R4 again_in runs at the latest then; a change runs it sooner, and takes its place")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.run(sim.person.create(site_named("a")));
        auto const table = drawn_timetable(chance);
        int pages = 1;
        for (auto const& at : table.changes)
            sim.begin(change_at(sim.person, at, ++pages));
        journal seen;
        auto const plane = sim.start(controller<site>{
            [&](client, object<site> of) { return keep_to(table, seen, std::move(of)); }});
        sim.world.run_for(100s);
        sim.world.kill(plane);
        REQUIRE(seen.times("a") == beginnings(table, instant{100s}));
    });
}

TEST_CASE("R4 again_in makes the next failure a first one")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        auto const failures = 1 + chance.uniform(5);
        auto const turning = performing(seen, [&](object<site> const&, std::size_t nth) {
            if (nth % (failures + 1) != 0)
                fail();
            return converge::again_in(1min);
        });
        sim.start(turning.backoff(doubling()));
        std::vector<instant> expected;
        instant due{};
        for (int round = 0; round != 4; ++round) {
            for (unsigned attempt = 0; attempt != failures; ++attempt) {
                expected.push_back(due);
                due += doubled(attempt);
            }
            expected.push_back(due);
            due += 1min;
        }
        sim.world.run_for(due - instant{} - 1ns);
        REQUIRE(seen.times("a") == expected);
    });
}

TEST_CASE("R6 a run that asks for another keeps its priority, unless a change raises it")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        std::vector<int> pages{1, 2, 3, 4, 5};
        for (auto i = pages.size(); i > 1; --i)
            std::swap(pages[i - 1], pages[chance.uniform(i)]);
        for (auto const each : pages)
            sim.run(sim.person.create(site_named("s" + std::to_string(each), each)));
        sim.run(sim.person.create(site_named("z", 1000)));
        auto how = drawn_fates(chance, 5);
        std::replace(how.begin(), how.end(), fate::for_good, fate::badly);
        journal seen;
        controller<site> const asking{
            [&](client, object<site> of) { return ask_again(how, seen, std::move(of)); }};
        sim.start(asking.backoff({1s, 1s, 1.0, 0.0}).prioritized([](object<site> const& of) {
            return of.spec.pages;
        }));
        auto const raised = "s" + std::to_string(1 + chance.uniform(5));
        sim.begin(change_at(sim.person, instant{1500ms}, 500, raised));
        sim.settle();
        std::vector<std::string> order;
        for (auto const& run : seen.runs)
            order.push_back(run.name);
        std::vector<std::string> expected{"z", "s5", "s4", "s3", "s2", "s1", "z", raised};
        for (auto const* name : {"s5", "s4", "s3", "s2", "s1"})
            if (name != raised)
                expected.emplace_back(name);
        REQUIRE(order == expected);
    });
}
