// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/detail/rest_judge.hpp>

#include "judging.hpp"

#include <doctest/doctest.h>

#include <deque>

using namespace converge;
using namespace judging;
using converge::testing::detail::rest_judge;

namespace {

using heard = std::vector<std::string>;

struct bench : court {
    rest_judge rest{hears()};

    void began(object<team> const& of, cause_kind why = cause_kind::changed,
               std::uint32_t process = 1)
    {
        rest.began(run_of(of, why, process));
    }
    void ended(object<team> const& of, std::string_view result = "settled",
               std::string_view why = {}, std::uint32_t process = 1)
    {
        auto one = run_of(of, cause_kind::changed, process);
        one.result = result;
        one.why = why;
        rest.ended(one);
    }
    void run(object<team> const& of, cause_kind why = cause_kind::changed)
    {
        began(of, why);
        ended(of);
    }

private:
    run_seen run_of(object<team> const& of, cause_kind why, std::uint32_t process)
    {
        auto& origin = origins_.emplace_back();
        origin.controller = "teams";
        origin.about = any_object{of};
        origin.causes = cause_set{cause{why}};
        run_seen one;
        one.process = process;
        one.name = &name_;
        one.run = &origin;
        return one;
    }

    std::deque<request_origin> origins_;
    std::string name_ = "plane";
};

} // namespace

TEST_CASE("a key that is reconciled by two workers of a process at once is accused")
{
    bench in;
    in.began(team_of(1));
    in.began(team_of(1, "b"));
    in.began(team_of(1), cause_kind::changed, 2);
    CHECK(in.heard() == heard{});
    in.began(team_of(1));
    CHECK(in.heard() == heard{"a key is in one worker at a time: plane: teams "
                              "test.converge.dev/teams/default/a is reconciled by two workers at "
                              "once"});
}

TEST_CASE("a run that ended, was cancelled or died with its process makes room for the next")
{
    bench in;
    in.run(team_of(1));
    in.began(team_of(1));
    in.ended(team_of(1), "cancelled");
    in.began(team_of(1));
    in.rest.died(1);
    in.began(team_of(1));
    CHECK(in.heard() == heard{});
}

TEST_CASE("there is no rest while a key is reconciled")
{
    bench in;
    CHECK(in.rest.under_way().empty());
    in.began(team_of(1));
    CHECK(in.rest.under_way() == "teams test.converge.dev/teams/default/a is being reconciled");
    in.rest.excuse({"uid-of-a"});
    CHECK(in.rest.under_way().empty());
    in.rest.excuse({});
    in.ended(team_of(1), "cancelled");
    CHECK(in.rest.under_way().empty());
}

TEST_CASE("a key that failed is told with its reason until it is tried again or gone")
{
    bench in;
    end const here{team_of(1)};
    in.began(team_of(1));
    in.ended(team_of(1), "failed", "no quota");
    CHECK(in.rest.tries_again(here) ==
          "teams test.converge.dev/teams/default/a is to be tried again; the last result: failed: "
          "no quota");
    CHECK(in.rest.tries_again(end{}).empty());
    in.rest.excuse({"uid-of-a"});
    CHECK(in.rest.tries_again(here).empty());
    in.rest.excuse({});
    in.began(team_of(1));
    CHECK(in.rest.tries_again(here).empty());
    in.ended(team_of(1), "terminal", "never");
    CHECK(in.rest.tries_again(here).empty());
    in.began(team_of(1));
    in.ended(team_of(1), "conflict");
    CHECK(!in.rest.tries_again(here).empty());
    in.rest.died(1);
    CHECK(in.rest.tries_again(here).empty());
}

TEST_CASE("an object whose owners are all gone is accused, unless nothing can remove it")
{
    bench in;
    auto const child = seat_of(team_of(1), "s");
    in.rest.rested(end{team_of(1), child});
    CHECK(in.heard() == heard{});
    in.rest.rested(end{child});
    CHECK(in.heard() == heard{"no orphans: Seat default/s is left, and its owner Team a (uid "
                              "uid-of-a) is gone"});
    in.rest.excuse({"uid-of-s", "uid-of-a"});
    in.rest.rested(end{child});
    CHECK(in.heard() == heard{});
}

TEST_CASE("a key that is reconciled again and again at rest is accused, unless it asked for that")
{
    bench in;
    in.run(team_of(1));
    in.run(team_of(1));
    in.rest.rested(end{team_of(1)});
    in.run(team_of(1));
    for (int i = 0; i != 3; ++i) {
        in.run(team_of(1), cause_kind::requeue);
        in.run(team_of(1), cause_kind::resync);
    }
    in.rest.quiet(end{team_of(1)});
    CHECK(in.heard() == heard{});
    in.rest.rested(end{team_of(1)});
    in.run(team_of(1));
    in.rest.quiet(end{team_of(1)});
    REQUIRE(in.said.size() == 1);
    CHECK(in.said[0].find("was reconciled 2 times in two quiet minutes; the last time because of: "
                          "changed") != std::string::npos);
}

TEST_CASE("as many runs at rest as were allowed, and any number of an excused object")
{
    bench in;
    in.rest.allow_in_quiet(2);
    in.rest.excuse({"uid-of-b"});
    in.rest.rested(end{});
    for (int i = 0; i != 2; ++i)
        in.run(team_of(1));
    for (int i = 0; i != 9; ++i)
        in.run(team_of(1, "b"));
    in.rest.quiet(end{});
    CHECK(in.heard() == heard{});
}
