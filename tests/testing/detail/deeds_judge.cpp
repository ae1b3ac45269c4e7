// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/detail/deeds_judge.hpp>

#include "judging.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

using namespace converge;
using namespace judging;
using converge::testing::detail::deeds_judge;

namespace {

using heard = std::vector<std::string>;

struct bench : court {
    deeds_judge deeds{hears()};

    void see(write_seen const& one) { deeds.wrote(one); }
    /// Allows a team, of which a version wants no more than `most`, to lose seats.
    void teams_lose_seats_below(int most)
    {
        deeds.removes_only_if(type_of<team>(), type_of<seat>(),
                              [most](any_object const& owner, any_object const&) {
                                  return owner.as<team>()->spec.wanted <= most;
                              });
    }
    void teams_have_what_they_want(std::size_t surge = 0)
    {
        deeds.at_most(
            type_of<team>(), type_of<seat>(),
            [](any_object const& owner) {
                return static_cast<std::size_t>(owner.as<team>()->spec.wanted);
            },
            surge);
    }
};

} // namespace

TEST_CASE("a controller changes what it reconciles, what that owns, and what is nobody's")
{
    bench in;
    auto const mine = team_of(1);
    auto const child = seat_of(mine, "s");
    auto const free = named<seat>("free");
    in.see(in.write(any_object{mine}, any_object{mine}, any_object{mine}));
    in.see(in.write(any_object{child}, {}, any_object{mine}));
    in.see(in.write(any_object{free}, any_object{free}, any_object{mine}));
    CHECK(in.heard() == heard{});
}

TEST_CASE("a controller that changes what another object owns is accused, unless it is shared")
{
    bench in;
    auto const mine = team_of(1);
    auto const theirs = seat_of(team_of(1, "b"), "s");
    in.see(in.write(any_object{theirs}, any_object{theirs}, any_object{mine}));
    CHECK(in.heard() ==
          heard{"touches only what is its own: plane/teams, reconciling Team default/a (uid "
                "uid-of-a), changes Seat default/s at 1 (uid uid-of-s), which belongs to Team b "
                "(uid uid-of-b)"});
    in.deeds.allow_all_on(type_of<seat>());
    in.see(in.write(any_object{theirs}, {}, any_object{mine}));
    CHECK(in.heard() == heard{});
}

TEST_CASE("a controller that removes a new object of the old name is accused")
{
    bench in;
    auto const old = team_of(1);
    auto reborn = old;
    reborn.metadata.uid = uid{"another"};
    in.see(in.write(any_object{reborn}, {}, any_object{old}));
    REQUIRE(in.said.size() == 1);
    CHECK(in.said[0].ends_with("another object of that name: give the uid as a precondition"));
}

TEST_CASE("a removal that some version of the owner allows is lawful")
{
    bench in;
    in.teams_lose_seats_below(2);
    in.see(in.made(team_of(2)));
    in.see(in.changed(team_of(2), team_of(5)));
    in.see(in.removed(seat_of(team_of(5), "s")));
    CHECK(in.heard() == heard{});
}

TEST_CASE("a removal that no version of the owner allows is accused, once for each child")
{
    bench in;
    in.teams_lose_seats_below(2);
    in.see(in.made(team_of(3)));
    auto const child = seat_of(team_of(3), "s");
    in.see(in.changed(child, marked(child)));
    CHECK(in.heard() == heard{"removes only what some version of the owner allows: plane removes "
                              "Seat default/s at 2, and no version of its owner Team a (uid "
                              "uid-of-a) allows that"});
    in.see(in.removed(marked(child)));
    CHECK(in.heard() == heard{});
    in.see(in.changed(team_of(3), marked(team_of(3))));
    in.see(in.removed(seat_of(team_of(3), "t")));
    CHECK(in.heard() == heard{});
}

TEST_CASE("rules for one kind of children are asked about owners of their own kind only")
{
    bench in;
    in.teams_lose_seats_below(2);
    in.deeds.removes_only_if(type_of<choir>(), type_of<seat>(),
                             [](any_object const& owner, any_object const&) {
                                 // What is no choir must not come here.
                                 REQUIRE(owner.is<choir>());
                                 return owner.as<choir>()->spec.song == "over";
                             });
    auto const sings = named<choir>("c");
    in.see(in.made(team_of(2)));
    in.see(in.made(sings));
    in.see(in.removed(seat_of(team_of(2), "s")));
    CHECK(in.heard() == heard{});
    in.see(in.removed(seat_of(sings, "t")));
    REQUIRE(in.said.size() == 1);
    CHECK(in.said[0].find("Choir c") != std::string::npos);
}

TEST_CASE("an owner may have as many children as it ever asked for, and the surge")
{
    bench in;
    in.teams_have_what_they_want(1);
    in.see(in.made(team_of(1)));
    in.see(in.changed(team_of(1), team_of(0)));
    for (auto const* name : {"s", "t"})
        in.see(in.made(seat_of(team_of(0), name)));
    CHECK(in.heard() == heard{});
    in.see(in.made(seat_of(team_of(0), "u")));
    CHECK(in.heard() == heard{"no more children than were ever asked for: plane creates Seat "
                              "default/u at 5: Team a has 3 of them, and never asked for more than "
                              "1 and 1 in passing"});
}

TEST_CASE("a child that is removed, marked or given away counts no more")
{
    bench in;
    in.teams_have_what_they_want();
    auto const one = team_of(1);
    auto const other = team_of(2, "b");
    in.see(in.made(one));
    in.see(in.made(other));
    auto const first = seat_of(one, "s");
    in.see(in.made(first));
    in.see(in.removed(first));
    auto const second = seat_of(one, "t");
    in.see(in.made(second));
    in.see(in.changed(second, marked(second)));
    auto const third = seat_of(one, "u");
    in.see(in.made(third));
    in.see(in.changed(third, seat_of(other, "u")));
    auto const fourth = seat_of(one, "v");
    in.see(in.made(fourth));
    CHECK(in.heard() == heard{});
    auto alone = fourth;
    alone.metadata.owner_references.clear();
    in.see(in.changed(fourth, alone));
    in.see(in.made(seat_of(one, "w")));
    CHECK(in.heard() == heard{});
    in.see(in.changed(alone, fourth));
    CHECK(in.heard() ==
          heard{"no more children than were ever asked for: plane takes Seat "
                "default/v at 12: Team a has 2 of them, and never asked for more than "
                "1"});
}

TEST_CASE("a check that throws is an accusation of its oracle")
{
    bench in;
    in.deeds.removes_only_if(
        type_of<team>(), type_of<seat>(),
        [](any_object const&, any_object const&) -> bool { throw std::out_of_range{"at"}; });
    in.deeds.at_most(
        type_of<team>(), type_of<seat>(),
        [](any_object const&) -> std::size_t { throw std::out_of_range{"index"}; }, 0);
    in.see(in.made(team_of(1)));
    CHECK(in.heard() == heard{"no more children than were ever asked for: the check throws, asked "
                              "about Team default/a: index"});
    in.see(in.removed(seat_of(team_of(1), "s")));
    CHECK(in.heard() == heard{"removes only what some version of the owner allows: the check "
                              "throws, asked about Seat default/s: at"});
}
