// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/detail/status_judge.hpp>

#include "judging.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

using namespace converge;
using namespace judging;
using converge::testing::detail::status_judge;

namespace {

using heard = std::vector<std::string>;

struct bench : court {
    status_judge statuses{hears()};

    /// A write after which the team is of that generation and its status this one.
    void see(std::int64_t generation, std::string const& status)
    {
        auto after = team_of(1);
        after.metadata.generation = generation;
        auto one = changed(team_of(1), after);
        one.document.as_object()["status"] = boost::json::parse(status);
        statuses.wrote(one);
    }
    void see_condition(std::string const& status, std::string const& since)
    {
        see(1, R"({"conditions": [{"type": "Ready", "status": ")" + status +
                   R"(", "lastTransitionTime": ")" + since + R"("}]})");
    }
    void rest(std::int64_t generation)
    {
        auto left = team_of(1);
        left.metadata.generation = generation;
        statuses.rested(end{left});
    }
};

} // namespace

TEST_CASE("observedGeneration follows the generation, and is up to date at rest")
{
    bench in;
    in.see(1, R"({"observedGeneration": 1})");
    in.see(2, R"({"observedGeneration": 1})");
    in.see(2, R"({"observedGeneration": 2})");
    in.rest(2);
    CHECK(in.heard() == heard{});
}

TEST_CASE("an observedGeneration before its time, that goes back or stays behind is accused")
{
    bench in;
    in.see(1, R"({"observedGeneration": 2})");
    CHECK(in.heard() == heard{"observedGeneration tells the truth: Team default/a at 1: "
                              "status.observedGeneration is 2, and the generation is only 1"});
    in.see(3, R"({"observedGeneration": 1})");
    CHECK(in.heard() == heard{"observedGeneration tells the truth: Team default/a at 2: "
                              "status.observedGeneration is 1; it was 2 before (plane wrote it)"});
    in.rest(3);
    CHECK(in.heard() ==
          heard{"observedGeneration tells the truth: Team default/a: all is at rest, and "
                "status.observedGeneration is 1 with generation 3"});
    in.statuses.excuse({"uid-of-a"});
    in.rest(3);
    CHECK(in.heard() == heard{});
}

TEST_CASE("a new object of an old name begins anew")
{
    bench in;
    in.see(5, R"({"observedGeneration": 5})");
    in.statuses.wrote(in.removed(team_of(1)));
    in.see(1, R"({"observedGeneration": 1})");
    in.rest(1);
    CHECK(in.heard() == heard{});
}

TEST_CASE("a condition's time changes when its status does")
{
    bench in;
    in.see_condition("True", "1");
    in.see_condition("True", "1");
    in.see_condition("False", "2");
    CHECK(in.heard() == heard{});
    in.see_condition("False", "3");
    CHECK(in.heard() == heard{"a condition's time changes with its status only: Team default/a at "
                              "4: condition Ready is False as before, and its lastTransitionTime "
                              "went from 2 to 3"});
}
