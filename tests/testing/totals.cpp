// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/totals.hpp>

#include <converge/core/failure.hpp>
#include <converge/testing/detail/text_file.hpp>

#include "scenarios.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
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
    return explore(what, explore_options{}.seeds(seeds), kept, saving_pace{chunk});
}

exploration collect_to(std::uint64_t seeds, scenario const& what)
{
    auto kept = kept_for();
    return explore(what, explore_options{}.seeds(seeds).collecting().without_shrinking(), kept,
                   saving_pace{10});
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
    auto const all = collect_to(100, flawed).failed;
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

TEST_CASE("who collects is told the first known failure, and never that it holds")
{
    working_folder const here;
    auto const failing = failing_seed(0);
    auto const all = collect_to(60, flawed).failed;
    for (std::uint64_t const seeds : std::vector<std::uint64_t>{60, failing + 1, 60}) {
        auto const again = collect_to(seeds, flawed);
        REQUIRE_FALSE(again.holds());
        CHECK(again.failures.front().plan.seed == failing);
        CHECK(known_of(flawed).failures == all);
        CHECK(known_of(flawed).seeds == 60);
    }
}

TEST_CASE("a failure that is mended is run anew by who collects, with all behind it")
{
    working_folder const here;
    REQUIRE_FALSE(collect_to(60, flawed).holds());
    auto const mended = scenario{flawed.name, declare_sound};
    CHECK(collect_to(60, mended).holds());
    auto const known = known_of(flawed);
    CHECK(known.seeds == 60);
    CHECK(known.failures == 0);
    CHECK(known.first_failure == std::nullopt);
}

TEST_CASE("totals that would be written after no seeds are refused")
{
    CHECK_THROWS_WITH_AS(saving_pace{0}, doctest::Contains("seeds: 0 is too few"), error);
}

TEST_CASE("totals are written when their time has come, however many seeds are left")
{
    working_folder const here;
    std::vector<std::uint64_t> written;
    scenario const watched{"watched", [&written](simulation& sim) {
                               written.push_back(kept_for().of("watched").seeds);
                               declare_sound(sim);
                           }};
    auto kept = kept_for();
    // Half a minute a seed.
    instant now{};
    saving_pace const pace{10'000, std::chrono::minutes{1}, [&now] {
                               now += std::chrono::seconds{30};
                               return now;
                           }};
    auto const found =
        explore(watched, explore_options{}.seeds(7).on_threads(1).comparing_every(0), kept, pace);
    CHECK(found.holds());
    CHECK(found.seeds == 7);
    CHECK(written == std::vector<std::uint64_t>{0, 0, 2, 2, 4, 4, 6});
    CHECK(kept_for().of("watched").seeds == 7);
}

TEST_CASE("what was run is written before its failures are shrunk")
{
    working_folder const here;
    std::uint64_t least = 1;
    int runs = 0;
    scenario const watched{"flawed", [&](simulation& sim) {
                               // Shrinking begins behind the seeds.
                               if (++runs > 40)
                                   least = std::min(least, known_of(flawed).failures);
                               declare_flawed(sim);
                           }};
    auto kept = kept_for();
    auto const found = explore(
        watched, explore_options{}.seeds(40).on_threads(1).comparing_every(0).collecting(), kept);
    CHECK(found.failed > 0);
    CHECK(runs > 40);
    CHECK(least == 1);
}
