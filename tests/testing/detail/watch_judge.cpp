// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/detail/watch_judge.hpp>

#include "judging.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace converge;
using namespace judging;
using converge::testing::detail::watch_judge;

namespace {

/// A team that came, changed and went, at the revisions 1, 2 and 4; another came at 3.
struct bench : court {
    watch_judge watches{hears()};
    write_seen came = made(team_of(1));
    write_seen grew = changed(team_of(1), team_of(2));
    write_seen other = made(team_of(1, "b"));
    write_seen went = removed(team_of(2));

    bench()
    {
        for (auto const* each : {&came, &grew, &other, &went})
            watches.wrote(*each);
    }

    static store_event event_of(write_seen const& one)
    {
        return {one.key, one.after, one.before, one.at};
    }
    /// What is said when a watch tells this after `from`.
    std::string tell(std::initializer_list<store_event> events, std::uint64_t from,
                     std::uint64_t through)
    {
        watch_batch batch;
        batch.events = events;
        batch.through = revision{through};
        watches.told("plane", "test.converge.dev/teams/", revision{from}, batch);
        auto const all = heard();
        return all.empty() ? std::string{} : all.front();
    }
};

std::string const said = "watches tell every change once, in order: a watch of "
                         "test.converge.dev/teams/ by plane ";
std::string const key_of_a = "test.converge.dev/teams/default/a";

} // namespace

TEST_CASE("a watch that tells all since its beginning is lawful, in one batch or many")
{
    bench in;
    auto const came = bench::event_of(in.came);
    auto const grew = bench::event_of(in.grew);
    auto const other = bench::event_of(in.other);
    auto const went = bench::event_of(in.went);
    CHECK(in.tell({came, grew, other, went}, 0, 4) == "");
    CHECK(in.tell({grew, other}, 1, 3) == "");
    CHECK(in.tell({went}, 3, 7) == "");
}

TEST_CASE("what holds the same is the same, whoever made the object")
{
    bench in;
    auto copy = bench::event_of(in.grew);
    copy.current = any_object{team_of(2)};
    copy.previous = any_object{team_of(1)};
    CHECK(in.tell({copy}, 1, 2) == "");
}

TEST_CASE("a watch that goes back, leaves out or repeats is accused")
{
    bench in;
    auto const came = bench::event_of(in.came);
    auto const grew = bench::event_of(in.grew);
    auto const other = bench::event_of(in.other);
    CHECK(in.tell({grew, came}, 0, 2) == said + "goes back from 2 to 1 (" + key_of_a + ")");
    // All of what it tells is of before its beginning.
    CHECK(in.tell({came}, 2, 1) == said + "goes back from 2 to 1 (" + key_of_a + ")");
    CHECK(in.tell({came}, 1, 1) == said + "goes back from 1 to 1 (" + key_of_a + ")");
    CHECK(in.tell({came, other}, 0, 3) ==
          said + "leaves out what happened to " + key_of_a + " at 2, and goes on to 3");
    CHECK(in.tell({came, came}, 0, 1) ==
          said + "tells of " + key_of_a + " at 1 what never happened");
    CHECK(in.tell({grew}, 1, 1) == said + "says that it has told all up to 1, and told of 2");
    CHECK(in.tell({}, 0, 1) ==
          said + "leaves out what happened to " + key_of_a + " at 1, and goes on to 1");
}

TEST_CASE("a watch that makes something up is accused, also of keys that never were")
{
    bench in;
    auto const grew = bench::event_of(in.grew);
    auto invented = bench::event_of(in.other);
    invented.key += "-twin";
    CHECK(in.tell({invented}, 2, 2) != "");
    CHECK(in.tell({bench::event_of(in.other), invented}, 2, 3) ==
          said + "tells of " + invented.key + " at 3 what never happened");
    auto strange = bench::event_of(in.grew);
    strange.key = "elsewhere/x";
    CHECK(in.tell({grew, strange}, 1, 2) ==
          said + "tells of elsewhere/x, which it did not ask for");
}

TEST_CASE("a watch that tells another content is accused")
{
    bench in;
    auto wrong = bench::event_of(in.grew);
    wrong.current = any_object{team_of(3)};
    CHECK(in.tell({wrong}, 1, 2) ==
          said + "tells of " + key_of_a + " at 2 what it never held: spec.wanted: 2 -> 3");
    wrong = bench::event_of(in.grew);
    wrong.previous = {};
    CHECK(in.tell({wrong}, 1, 2) ==
          said + "tells of " + key_of_a +
              " at 2 what it never held before: nothing, and it held an object");
    wrong = bench::event_of(in.went);
    wrong.current = wrong.previous;
    CHECK(in.tell({wrong}, 3, 4) ==
          said + "tells that " + key_of_a + " changed at 4; it went at 4");
}
