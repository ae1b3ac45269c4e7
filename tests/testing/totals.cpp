// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/totals.hpp>

#include <converge/core/failure.hpp>
#include <converge/testing/detail/text_file.hpp>

#include "scenarios.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

using namespace converge;
using namespace converge::testing;
using namespace small_scenarios;
using converge::testing::detail::read_text;
using converge::testing::detail::write_text;

namespace {

totals kept_for(std::string commit = "abc") { return totals{"totals.json", std::move(commit)}; }

exploration explore_to(std::uint64_t seeds, scenario const& what, std::uint64_t chunk = 10)
{
    auto kept = kept_for();
    return explore(what, explore_options{}.seeds(seeds), kept, chunk);
}

exploration collect_to(std::uint64_t seeds, scenario const& what)
{
    auto kept = kept_for();
    return explore(what, explore_options{}.seeds(seeds).collecting().without_shrinking(), kept, 10);
}

totals::of_scenario known_of(scenario const& what) { return kept_for().of(what.name); }

/// The first seed from `from` on that fails.
std::uint64_t failing_seed(std::uint64_t from)
{
    auto const found = explore(flawed, explore_options{}.from(from).without_shrinking());
    REQUIRE(!found.holds());
    return found.failures.front().plan.seed;
}

} // namespace

TEST_CASE("totals are kept in a file that people can read")
{
    working_folder const here;
    auto kept = kept_for("v1 \"final\"");
    totals::of_scenario one;
    one.seeds = 20;
    one.failures = 2;
    one.steps = 18446744073709551615u;
    one.first_failure = 7;
    totals::of_scenario other;
    other.seeds = 3;
    kept.set("sites", one);
    kept.set("pages", other);
    CHECK(read_text("totals.json") == R"({
  "commit": "v1 \"final\"",
  "scenarios": {
    "pages": {"seeds": 3, "failures": 0, "steps": 0},
    "sites": {"seeds": 20, "failures": 2, "steps": 18446744073709551615, "first_failure": 7}
  }
}
)");
    auto const again = kept_for("v1 \"final\"");
    CHECK(again.of("sites") == one);
    CHECK(again.of("pages") == other);
    CHECK(again.of("others") == totals::of_scenario{});
    CHECK(kept_for("v2").of("sites") == totals::of_scenario{});
}

TEST_CASE("a file that holds something else is refused by the name of the member, and left")
{
    working_folder const here;
    std::vector<std::pair<std::string, std::string>> const all{
        {"", "totals.json: "},
        {"[]", "totals.json: "},
        {"{}", "totals.json: scenarios: "},
        {R"({"scenarios": {}})", "totals.json: commit: is missing"},
        {R"({"commit": "abc", "scenarios": {"s": 1}})", "totals.json: scenarios.s: 1 is no object"},
        {R"({"commit": "abc", "scenarios": {"s": {"seeds": -1}}})",
         "totals.json: scenarios.s.seeds: -1 is not"},
        {R"({"commit": "abc", "scenarios": {"s": {"sedes": 1}}})",
         "totals.json: scenarios.s.sedes: is unknown"},
    };
    for (auto const& [text, says] : all) {
        CAPTURE(text);
        write_text("totals.json", text);
        CHECK_THROWS_WITH_AS(kept_for(), doctest::Contains(says.c_str()), error);
        CHECK(read_text("totals.json") == text);
    }
}

TEST_CASE("totals without the name of a commit are refused")
{
    working_folder const here;
    CHECK_THROWS_WITH_AS(kept_for(""), doctest::Contains("which commit is this?"), error);
}

TEST_CASE("a file that cannot be written is told, and nothing is left beside it")
{
    working_folder const here;
    std::filesystem::create_directory("totals.json");
    std::filesystem::create_directory("totals.json/full");
    CHECK_THROWS_AS(write_text("totals.json", "x"), error);
    CHECK_THROWS_AS(write_text("none/totals.json", "x"), error);
    CHECK_THROWS_AS((void)read_text("totals.json"), error);
}

TEST_CASE("an exploration goes on after the seeds that are done, in chunks or not")
{
    working_folder const here;
    auto const first = explore_to(25, sound);
    CHECK(first.holds());
    CHECK(first.seeds == 25);
    CHECK(known_of(sound).seeds == 25);
    CHECK(known_of(sound).steps == first.steps);
    auto const more = explore_to(40, sound, 1000);
    CHECK(more.seeds == 15);
    CHECK(known_of(sound).seeds == 40);
    CHECK(known_of(sound).steps == first.steps + more.steps);
    CHECK(known_of(sound).failures == 0);
    CHECK(explore_to(40, sound).seeds == 0);
    CHECK(explore_to(10, sound).seeds == 0);
}

TEST_CASE("a failure ends the exploration, and is found again by the next")
{
    working_folder const here;
    auto const failing = failing_seed(0);
    for (int time = 0; time != 3; ++time) {
        auto const found = explore_to(100, flawed);
        REQUIRE(found.failures.size() == 1);
        CHECK(found.failures.front().plan.seed == failing);
        auto const known = known_of(flawed);
        CHECK(known.seeds == failing);
        CHECK(known.failures == 1);
        CHECK(known.first_failure == failing);
    }
}

TEST_CASE("a failure that is mended without a new name of the commit is forgotten")
{
    working_folder const here;
    REQUIRE(!explore_to(100, flawed).holds());
    auto const mended = scenario{flawed.name, declare_sound};
    CHECK(explore_to(100, mended).holds());
    auto const known = known_of(flawed);
    CHECK(known.seeds == 100);
    CHECK(known.failures == 0);
    CHECK(known.first_failure == std::nullopt);
}

TEST_CASE("collecting counts every failure once, however often it is gone on with")
{
    working_folder const here;
    auto const all = collect_to(100, flawed).failures.size();
    auto const at_once = known_of(flawed);
    CHECK(all > 3);
    CHECK(at_once.failures == all);
    CHECK(at_once.seeds == 100);
    std::filesystem::remove("totals.json");

    REQUIRE(!explore_to(100, flawed).holds());
    for (std::uint64_t const seeds : {33u, 61u, 61u, 100u})
        (void)collect_to(seeds, flawed);
    CHECK(known_of(flawed).failures == all);
    CHECK(known_of(flawed).seeds == 100);
    CHECK(known_of(flawed).first_failure == failing_seed(0));
}

TEST_CASE("who does not collect is told the first of what was collected")
{
    working_folder const here;
    REQUIRE(!collect_to(100, flawed).holds());
    auto const found = explore_to(100, flawed);
    REQUIRE(found.failures.size() == 1);
    CHECK(found.failures.front().plan.seed == failing_seed(0));
}
