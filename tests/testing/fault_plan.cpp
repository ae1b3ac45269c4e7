// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/fault_plan.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace converge::testing;

namespace {

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

struct refused {
    std::string text;
    /// What the refusal says: the member, and the value or what is expected.
    std::string path;
    std::string says;
};

/// A plan with one fault, with `members` in it.
std::string with_fault(std::string const& members)
{
    return R"({"scenario": "s", "seed": 1, "faults": [{)" + members + "}]}";
}

void check_same(fault_plan const& read, fault_plan const& written)
{
    CHECK(read.seed == written.seed);
    CHECK(read.order == written.order);
    CHECK(read.resyncs == written.resyncs);
    CHECK(read.faults == written.faults);
}

void check_kept(std::string const& scenario, fault_plan const& plan)
{
    auto const text = to_text(scenario, plan);
    CAPTURE(text);
    auto const read = parse_plan(text);
    REQUIRE(read.has_value());
    CHECK(read->scenario == scenario);
    check_same(read->plan, plan);
    CHECK(to_text(read->scenario, read->plan) == text);
}

} // namespace

TEST_CASE("a plan is written one line a member and a fault, in this order")
{
    fault_plan plan{18446744073709551615u};
    plan.order = turn_order::ranked;
    plan.resyncs = false;
    plan.faults.emplace();
    plan.faults->emplace_back(fault_kind::crash, "controllers", 0, 17);
    plan.faults->emplace_back(fault_kind::lost_answer, R"(user update "a")", 3);
    CHECK(to_text("sites", plan) == R"({
  "scenario": "sites",
  "seed": 18446744073709551615,
  "order": "ranked",
  "resyncs": false,
  "faults": [
    {"kind":"crash","site":"controllers","nth":0,"amount":17},
    {"kind":"lost_answer","site":"user update \"a\"","nth":3}
  ]
}
)");
}

TEST_CASE("what a plan leaves to the seed is not written")
{
    CHECK(to_text("sites", fault_plan{7}) == "{\n  \"scenario\": \"sites\",\n  \"seed\": 7\n}\n");
}

TEST_CASE("a plan without faults is another than one whose faults are drawn")
{
    CHECK(to_text("s", fault_plan::calm(7)) ==
          "{\n  \"scenario\": \"s\",\n  \"seed\": 7,\n  \"faults\": []\n}\n");
    check_kept("s", fault_plan::calm(7));
    check_kept("s", fault_plan{7});
}

TEST_CASE("faults of every kind are read as they were written")
{
    fault_plan all{1};
    all.faults.emplace();
    for (std::size_t i = 0; i != fault_kinds; ++i) {
        auto const kind = static_cast<fault_kind>(i);
        CAPTURE(to_string(kind));
        fault_plan one{most};
        one.faults.emplace();
        one.faults->emplace_back(kind, "a \"place\"\n\\ ü", 4294967295u, most);
        check_kept("of " + std::string{to_string(kind)}, one);
        all.faults->emplace_back(kind, "p", static_cast<std::uint32_t>(i));
    }
    check_kept("all", all);
}

TEST_CASE("every order is read as it was written, and resyncs both ways")
{
    for (std::size_t i = 0; i != turn_orders; ++i)
        for (bool const resyncs : {false, true}) {
            fault_plan plan{i};
            plan.order = static_cast<turn_order>(i);
            plan.resyncs = resyncs;
            check_kept("s", plan);
        }
    CHECK(turn_order_named("random") == std::nullopt);
    CHECK(to_string(turn_order::uniform) == "uniform");
}

TEST_CASE("what is no plan is refused by the name of the member")
{
    std::vector<refused> const all{
        {"[]", "", "an array of 0 is no object"},
        {R"({"seed": 1})", "scenario", "is missing"},
        {R"({"scenario": "", "seed": 1})", "scenario", "\"\""},
        {R"({"scenario": 3, "seed": 1})", "scenario", "3 is no text"},
        {R"({"scenario": "s"})", "seed", "is missing"},
        {R"({"scenario": "s", "seed": "1"})", "seed", "\"1\" is not a whole number"},
        {R"({"scenario": "s", "seed": -1})", "seed", "-1 is not a whole number"},
        {R"({"scenario": "s", "seed": 1.0})", "seed", "is not a whole number"},
        {R"({"scenario": "s", "seed": 1e40})", "seed", "is not a whole number"},
        {R"({"scenario": "s", "seed": 1, "order": "lifo"})", "order",
         "\"lifo\" is not one of fifo, uniform, ranked"},
        {R"({"scenario": "s", "seed": 1, "order": 2})", "order", "2 is not one of fifo"},
        {R"({"scenario": "s", "seed": 1, "resyncs": 1})", "resyncs", "1 is neither true"},
        {R"({"scenario": "s", "seed": 1, "resyncs": null})", "resyncs", "null is neither true"},
        {R"({"scenario": "s", "seed": 1, "faults": {}})", "faults", "is no array"},
        {R"({"scenario": "s", "seed": 1, "faults": [3]})", "faults[0]", "3 is no object"},
        {R"({"scenario": "s", "seed": 1, "fault": []})", "fault",
         "is unknown, with the value an array of 0; expected one of scenario, seed, order, "
         "resyncs, faults"},
        {with_fault(R"("site": "p", "nth": 0)"), "faults[0].kind", "is missing"},
        {with_fault(R"("kind": "cash", "site": "p", "nth": 0)"), "faults[0].kind",
         "\"cash\" is not one of refused_request"},
        {with_fault(R"("kind": "crash", "nth": 0)"), "faults[0].site", "is missing"},
        {with_fault(R"("kind": "crash", "site": "", "nth": 0)"), "faults[0].site", "\"\""},
        {with_fault(R"("kind": "crash", "site": "p")"), "faults[0].nth", "is missing"},
        {with_fault(R"("kind": "crash", "site": "p", "nth": 4294967296)"), "faults[0].nth",
         "4294967296 is not a whole number from 0 to 4294967295"},
        {with_fault(R"("kind": "crash", "site": "p", "nth": 0, "amount": "many")"),
         "faults[0].amount", "\"many\" is not a whole number"},
        {with_fault(R"("kind": "crash", "site": "p", "nth": 0, "times": 2)"), "faults[0].times",
         "is unknown, with the value 2; expected one of kind, site, nth, amount"},
    };
    for (auto const& each : all) {
        CAPTURE(each.text);
        auto const read = parse_plan(each.text);
        REQUIRE(read.has_error());
        CHECK(read.error().is(converge::errc::invalid));
        CHECK(read.error().path == each.path);
        CAPTURE(read.error().message);
        CHECK(read.error().message.find(each.says) != std::string::npos);
    }
}

TEST_CASE("a second bad fault is named by its place")
{
    auto const read = parse_plan(R"({"scenario": "s", "seed": 1, "faults": [
        {"kind": "crash", "site": "p", "nth": 0}, {"kind": "crash", "site": "p", "nth": -1}]})");
    REQUIRE(read.has_error());
    CHECK(read.error().what().starts_with("faults[1].nth: -1 is not"));
}

TEST_CASE("what is no JSON, or has a member twice, is refused with its line")
{
    for (auto const* text : {"{\n\"seed\": 1,}", "{\n\"seed\": 1, \"seed\": 2}", ""}) {
        CAPTURE(text);
        auto const read = parse_plan(text);
        REQUIRE(read.has_error());
        CHECK(read.error().is(converge::errc::invalid));
        CHECK(read.error().message.find("at line ") != std::string::npos);
    }
}
