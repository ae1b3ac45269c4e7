// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/simulation_main.hpp>

#include <converge/testing/detail/text_file.hpp>
#include <converge/testing/fault_plan.hpp>

#include "scenarios.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace converge;
using namespace converge::testing;
using namespace small_scenarios;

namespace {

struct ended {
    int code = 0;
    std::string said;

    [[nodiscard]] bool says(std::string const& text) const
    {
        return said.find(text) != std::string::npos;
    }
};

ended call(std::vector<std::string> words, std::vector<scenario> all = {sound, flawed})
{
    std::vector<char const*> argv{"/bin/sites"};
    for (auto const& word : words)
        argv.push_back(word.c_str());
    std::ostringstream out;
    ended result;
    result.code = simulation_main(static_cast<int>(argv.size()), argv.data(), std::move(all), out);
    result.said = out.str();
    return result;
}

std::string file_text(std::string const& name)
{
    return converge::testing::detail::read_text(name);
}

void write_file(std::string const& name, std::string const& text)
{
    converge::testing::detail::write_text(name, text);
}

/// The only plan in the folder.
std::string written_plan()
{
    std::string found;
    for (auto const& each : std::filesystem::directory_iterator{"."})
        if (each.path().string().ends_with(".plan.json")) {
            REQUIRE(found.empty());
            found = each.path().filename().string();
        }
    REQUIRE(!found.empty());
    return found;
}

std::size_t lines_of(std::string const& text)
{
    std::size_t count = 0;
    for (char const c : text)
        count += c == '\n' ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("list names the scenarios")
{
    auto const listed = call({"list"});
    CHECK(listed.code == 0);
    CHECK(listed.said == "sound\nflawed\n");
}

TEST_CASE("run tells of each scenario that holds, with the seeds asked for or its own")
{
    auto const own = call({"run", "--scenario", "sound"});
    CAPTURE(own.said);
    CHECK(own.code == 0);
    CHECK(own.says("sound: 30 seeds hold"));
    auto const asked = call({"run", "--scenario", "sound", "--seeds", "7", "--jobs", "1"});
    CHECK(asked.says("sound: 7 seeds hold"));
}

TEST_CASE("run is what is done when no command is named")
{
    CHECK(call({}, {sound}).says("sound: 30 seeds hold"));
    CHECK(call({"--seeds", "3"}, {sound}).says("sound: 3 seeds hold"));
}

TEST_CASE("run ends at the first failure, writes its plan and says how to replay it")
{
    working_folder const here;
    auto const failed = call({"run", "--scenario", "flawed", "--scenario", "sound"});
    CAPTURE(failed.said);
    CHECK(failed.code == 1);
    CHECK(failed.says("scenario=flawed violation=\"no bad note: "));
    CHECK(failed.says("refused_call at \"call\""));
    CHECK_FALSE(failed.says("sound"));
    auto const file = written_plan();
    CHECK(file.starts_with("flawed-"));
    CHECK(failed.says("/bin/sites replay " + file + '\n'));
    auto const plan = parse_plan(file_text(file));
    REQUIRE(plan.has_value());
    CHECK(plan->scenario == "flawed");
    REQUIRE(plan->plan.faults.has_value());
    CHECK(plan->plan.faults->size() == 1);
}

TEST_CASE("run writes the plan where it is told to")
{
    working_folder const here;
    auto const failed =
        call({"run", "--scenario", "flawed", "--plan", "mine.json", "--commit", "abc"});
    CHECK(failed.code == 1);
    CHECK(failed.says("replay mine.json"));
    CHECK(failed.says(" commit=abc\n"));
    CHECK(parse_plan(file_text("mine.json")).has_value());
}

TEST_CASE("run --collect goes on after failures, and tells ten of them")
{
    working_folder const here;
    auto const failed = call({"run", "--collect", "--scenario", "flawed", "--scenario", "sound"});
    CAPTURE(failed.said);
    CHECK(failed.code == 1);
    CHECK(failed.says("sound: 30 seeds hold"));
    CHECK(failed.says("failures more\n"));
    std::size_t plans = 0;
    for (auto const& each : std::filesystem::directory_iterator{"."})
        plans += each.path().string().ends_with(".plan.json") ? 1 : 0;
    CHECK(plans == 10);
}

TEST_CASE("the file that run is told to write is the first failure's, others have their own names")
{
    working_folder const here;
    scenario const other{"other", declare_flawed};
    auto const failed =
        call({"run", "--collect", "--seeds", "20", "--plan", "mine.json"}, {flawed, other});
    CAPTURE(failed.said);
    auto const mine = parse_plan(file_text("mine.json"));
    REQUIRE(mine.has_value());
    CHECK(mine->scenario == "flawed");
    auto const seed = std::to_string(mine->plan.seed);
    CHECK_FALSE(std::filesystem::exists("flawed-" + seed + ".plan.json"));
    CHECK(std::filesystem::exists("other-" + seed + ".plan.json"));
}

TEST_CASE("replay runs a plan twice, tells what happened and why it is wrong")
{
    working_folder const here;
    REQUIRE(call({"run", "--scenario", "flawed"}).code == 1);
    auto const again = call({"replay", written_plan()});
    CAPTURE(again.said);
    CHECK(again.code == 1);
    CHECK(again.says("two runs are equal: fingerprint "));
    CHECK(again.says("violation=\"no bad note: "));
    CHECK(again.says("0.000s"));
    auto const brief = call({"replay", "--brief", written_plan()});
    CHECK(brief.code == 1);
    CHECK(again.said.ends_with(brief.said));
    CHECK(lines_of(brief.said) < lines_of(again.said));
}

TEST_CASE("replay runs a seed, with its faults or without any")
{
    working_folder const here;
    REQUIRE(call({"run", "--scenario", "flawed"}).code == 1);
    auto const plan = parse_plan(file_text(written_plan()));
    REQUIRE(plan.has_value());
    auto const seed = std::to_string(plan->plan.seed);
    auto const drawn = call({"replay", "--brief", "--scenario", "flawed", "--seed", seed});
    CHECK(drawn.code == 1);
    CHECK(drawn.says("seed=" + seed + " "));
    auto const calm = call({"replay", "--brief", "--scenario", "flawed", "--seed", seed, "--calm"});
    CHECK(calm.code == 0);
    CHECK(calm.says("flawed: seed " + seed + " holds, with 0 faults\n"));
}

TEST_CASE("replay says where two runs of one plan part")
{
    int runs = 0;
    scenario const fickle{
        "fickle", [&runs](simulation& sim) {
            auto const text = std::to_string(runs++);
            sim.user("user", [text](client api) { return write_note(api, text); });
            if (runs % 2 == 0)
                sim.user("other", [](client) { return sleep_for(std::chrono::seconds{1}); });
        }};
    auto const said = call({"replay", "--brief", "--scenario", "fickle", "--seed", "1"}, {fickle});
    CAPTURE(said.said);
    CHECK(said.code == 1);
    CHECK(said.says("two runs differ: fingerprints "));
    CHECK(said.says("two runs of one plan part at step "));
}

TEST_CASE("shrink leaves in a plan what its failure needs")
{
    working_folder const here;
    fault_plan plan{1};
    plan.faults.emplace();
    plan.faults->emplace_back(fault_kind::slow_call, "call", 0);
    plan.faults->emplace_back(fault_kind::refused_call, "call", 0);
    plan.faults->emplace_back(fault_kind::clock_jump, "wall clock", 0);
    write_file("plan.json", to_text("flawed", plan));
    auto const shrunk = call({"shrink", "plan.json"});
    CAPTURE(shrunk.said);
    CHECK(shrunk.code == 0);
    auto const left = parse_plan(file_text("plan.json"));
    REQUIRE(left.has_value());
    CHECK(left->plan.faults == std::vector<fault>{{fault_kind::refused_call, "call", 0}});
    CHECK(call({"replay", "plan.json"}).code == 1);
}

TEST_CASE("shrink refuses a plan that holds, and leaves it as it is")
{
    working_folder const here;
    auto const text = to_text("sound", fault_plan::calm(3));
    write_file("plan.json", text);
    auto const refused = call({"shrink", "plan.json"});
    CHECK(refused.code == 2);
    CHECK(refused.says("plan.json: sound holds with this plan"));
    CHECK(file_text("plan.json") == text);
}

TEST_CASE("sweep makes one run for each place of a kind of fault")
{
    working_folder const here;
    auto const failed = call({"sweep", "--scenario", "flawed", "--kind", "refused_call"});
    CAPTURE(failed.said);
    CHECK(failed.code == 1);
    CHECK(failed.says("refused_call: seed=0 scenario=flawed violation=\"no bad note: "));
    CHECK(failed.says("replay flawed-0-refused_call.plan.json"));
    CHECK(call({"replay", "flawed-0-refused_call.plan.json"}).code == 1);
    auto const usual = call({"sweep", "--scenario", "sound"});
    CAPTURE(usual.said);
    CHECK(usual.code == 0);
    for (auto const* kind : {"crash", "lost_answer", "hidden_event"})
        CHECK(usual.says(std::string{kind} + ": sound: 0 places, and it holds\n"));
}

TEST_CASE(
    "fingerprints are one line a scenario, failures or not, the same on any number of threads")
{
    auto const one = call({"fingerprints", "--seeds", "40", "--jobs", "1"});
    CAPTURE(one.said);
    CHECK(one.code == 0);
    CHECK(lines_of(one.said) == 2);
    CHECK(one.said.starts_with("sound 40 "));
    CHECK(one.says("\nflawed 40 "));
    CHECK(call({"fingerprints", "--seeds", "40", "--jobs", "2"}).said == one.said);
    CHECK(call({"fingerprints", "--seeds", "41", "--jobs", "2"}).said != one.said);
}

TEST_CASE("run --totals goes on where the commit was, and begins anew for another")
{
    working_folder const here;
    auto const run = [](std::string seeds, std::string commit) {
        return call({"run", "--scenario", "sound", "--totals", "totals.json", "--seeds",
                     std::move(seeds), "--commit", std::move(commit)});
    };
    auto const first = run("10", "abc");
    CAPTURE(first.said);
    CHECK(first.code == 0);
    CHECK(first.says("sound: 10 seeds hold"));
    CHECK(first.says("sound: 10 seeds of commit abc, 0 failures"));
    auto const more = run("25", "abc");
    CHECK(more.says("sound: 15 seeds hold"));
    CHECK(more.says("sound: 25 seeds of commit abc, 0 failures"));
    auto const other = run("5", "abd");
    CHECK(other.says("sound: 5 seeds hold"));
    CHECK(other.says("sound: 5 seeds of commit abd, 0 failures"));
}

TEST_CASE("run --totals takes the commit from the environment")
{
    working_folder const here;
    ::setenv("CONVERGE_COMMIT", "from-the-environment", 1);
    auto const named = call({"run", "--scenario", "sound", "--totals", "totals.json"});
    ::unsetenv("CONVERGE_COMMIT");
    CHECK(named.says("of commit from-the-environment, "));
    auto const unnamed = call({"run", "--scenario", "sound", "--totals", "totals.json"});
    CHECK(unnamed.code == 2);
    CHECK(unnamed.says("totals.json: which commit is this?"));
}

TEST_CASE("a failure does not go away by being run again")
{
    working_folder const here;
    std::vector<std::string> const words{"run",         "--scenario", "flawed", "--totals",
                                         "totals.json", "--commit",   "abc"};
    auto const first = call(words);
    CHECK(first.code == 1);
    CHECK(first.says(", 1 failures"));
    auto const again = call(words);
    CHECK(again.code == 1);
    CHECK(again.says(", 1 failures"));
    auto collecting = words;
    collecting.emplace_back("--collect");
    auto const all = call(collecting);
    CHECK(all.code == 1);
    CHECK(all.says("flawed: 100 seeds of commit abc, "));
    auto const nothing_left = call(collecting);
    CHECK(nothing_left.code == 1);
    CHECK(nothing_left.says("scenario=flawed violation=\"no bad note: "));
    CHECK(nothing_left.says("flawed: 100 seeds of commit abc, "));
}

TEST_CASE("what cannot be done is said, and ends with 2")
{
    working_folder const here;
    write_file("bad.json", R"({"scenario": "sound", "seed": "x"})");
    write_file("strange.json", R"({"scenario": "strange", "seed": 1})");
    write_file("totals.json", "{}");
    struct wrong {
        std::vector<std::string> words;
        std::string says;
    };
    std::vector<wrong> const all{
        {{"run", "--scenario", "soud"},
         "no scenario has the name \"soud\"; there are: sound, flawed"},
        {{"run", "--seeds", "many"}, "many"},
        {{"run", "--seeds", "0"}, "--seeds"},
        {{"run", "--seeds", "-1"}, "--seeds"},
        {{"run", "--jobs", "0"}, "--jobs"},
        {{"run", "--sedes", "3"}, "--sedes"},
        {{"run", "--from", "3", "--totals", "t.json", "--commit", "c"}, "--from"},
        {{"run", "--totals", "totals.json", "--commit", "c"}, "totals.json: scenarios"},
        {{"ron"}, "ron"},
        {{"replay"}, "Name a plan, or --scenario and --seed"},
        {{"replay", "--scenario", "sound"}, "Name a plan, or --scenario and --seed"},
        {{"replay", "none.json"}, "none.json: cannot be read"},
        {{"replay", "."}, ".: cannot be read"},
        {{"replay", "bad.json"}, "bad.json: seed: \"x\" is not a whole number"},
        {{"replay", "strange.json"}, "no scenario has the name \"strange\""},
        {{"replay", "bad.json", "--seed", "3"}, "--seed"},
        {{"shrink"}, "plan"},
        {{"sweep", "--kind", "cash"}, "--kind: \"cash\" is no kind of fault; there are: refused"},
    };
    for (auto const& each : all) {
        auto const refused = call(each.words);
        CAPTURE(refused.said);
        CAPTURE(each.says);
        CHECK(refused.code == 2);
        CHECK(refused.says(each.says));
    }
    CHECK(call({"list"}, {}).code == 2);
    CHECK(call({"list"}, {sound, flawed, sound}).says("two scenarios have the name \"sound\""));
}

TEST_CASE("help is told, and is no failure")
{
    for (auto const* word : {"-h", "--help"}) {
        auto const help = call({word});
        CHECK(help.code == 0);
        for (auto const* command : {"list", "run", "replay", "shrink", "sweep", "fingerprints"})
            CHECK(help.says(command));
    }
    auto const help = call({"run", "--help"});
    CHECK(help.code == 0);
    CHECK(help.says("--collect"));
}
