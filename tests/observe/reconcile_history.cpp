// SPDX-License-Identifier: BSL-1.0
#include <converge/observe/reconcile_history.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace converge;
using namespace std::chrono_literals;

namespace {

[[nodiscard]] object_ref site(std::string name) { return {"Site", "default", std::move(name)}; }

/// The run of `about` that a change at `cause` caused, and that wrote at `write`.
[[nodiscard]] reconcile_record run_of(object_ref about, std::uint64_t cause_at,
                                      std::uint64_t write_at)
{
    reconcile_record made;
    made.controller = "sites";
    made.about = about;
    made.causes.push_back(cause{cause_kind::changed, revision{cause_at}});
    made.cause_count = 1;
    made.began = instant{} + 1s;
    made.took = 2ms;
    made.result = "settled";
    if (write_at != 0)
        made.writes.push_back({"update", std::move(about), revision{write_at}});
    return made;
}

} // namespace

TEST_CASE("a run is told in a line: result, time, causes, attempt, writes")
{
    auto run = run_of(site("a"), 17, 18);
    CHECK(to_string(run) ==
          "settled after 2 ms; because changed at 17; wrote update Site default/a at 18");
    run.result = "failed";
    run.why = "no luck";
    run.attempt = 2;
    run.cause_count = 4;
    run.writes.clear();
    CHECK(to_string(run) ==
          "failed after 2 ms (no luck); because changed at 17 and 3 more; attempt 3");
}

TEST_CASE("explain gives the runs of an object, the newest first, and what it waits for")
{
    reconcile_history history;
    history.add(run_of(site("a"), 1, 0));
    history.add(run_of(site("b"), 2, 0));
    history.add(run_of(site("a"), 3, 0));
    auto probe = history.ask("sites", "Site", [](object_key const& id, instant) {
        return id.name == "a" ? std::string{"waits for a change"} : std::string{};
    });
    auto const found = history.explain(site("a"), instant{} + 4s);
    REQUIRE(found.runs.size() == 2);
    CHECK(found.runs.front().causes.front().at() == revision{3});
    CHECK(found.str() == "Site default/a\n"
                         "  sites waits for a change\n"
                         "  3 s ago, sites: settled after 2 ms; because changed at 3\n"
                         "  3 s ago, sites: settled after 2 ms; because changed at 1\n");
    probe.reset();
    CHECK(history.explain(site("a"), instant{}).states.empty());
    CHECK(history.explain(site("c"), instant{}).str().find("nothing is known") !=
          std::string::npos);
}

TEST_CASE("a chain follows writes to the runs that they caused, and runs to their writes")
{
    reconcile_history history;
    auto first = run_of(site("a"), 1, 2);
    first.writes.push_back({"create", site("child"), revision{3}});
    history.add(std::move(first));
    history.add(run_of(site("a"), 2, 0));
    history.add(run_of(site("child"), 3, 4));
    CHECK(history.chain(revision{1}) ==
          "revision 1\n"
          "`- sites reconciled Site default/a: settled after 2 ms\n"
          "   |- update Site default/a at 2\n"
          "   |  `- sites reconciled Site default/a: settled after 2 ms\n"
          "   `- create Site default/child at 3\n"
          "      `- sites reconciled Site default/child: settled after 2 ms\n"
          "         `- update Site default/child at 4\n");
    CHECK(history.chain(revision{4}) == "revision 4: sites did update Site default/child\n");
}

TEST_CASE("a chain that goes round ends")
{
    reconcile_history history;
    history.add(run_of(site("a"), 1, 2));
    history.add(run_of(site("b"), 2, 1));
    auto const text = history.chain(revision{1});
    CHECK(std::count(text.begin(), text.end(), '\n') == 5);
}

TEST_CASE("only so many runs are remembered")
{
    reconcile_history history{2};
    for (std::uint64_t i = 1; i != 6; ++i)
        history.add(run_of(site("a"), i, 0));
    REQUIRE(history.runs().size() == 2);
    CHECK(history.runs().front().causes.front().at() == revision{4});
}
