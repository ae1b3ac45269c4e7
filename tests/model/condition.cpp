// SPDX-License-Identifier: BSL-1.0
#include <converge/model/condition.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace converge;
using namespace std::chrono_literals;

namespace {

constexpr timestamp first{1000s};
constexpr timestamp later{2000s};

condition ready(char const* status, char const* reason = "", char const* message = "")
{
    return {.type = "Ready", .status = status, .reason = reason, .message = message};
}

} // namespace

TEST_CASE("a new condition is added with the time of its transition")
{
    std::vector<condition> all{{.type = "Synced", .status = "True"}};
    CHECK(set_condition(all, ready("False", "Starting"), first));
    REQUIRE(all.size() == 2);
    CHECK(all[1].last_transition_time == first);
    CHECK(all[1].reason == "Starting");
    CHECK(all[0].type == "Synced");
}

TEST_CASE("setting the same condition again changes nothing")
{
    std::vector<condition> all;
    set_condition(all, ready("True", "Up", "all up"), first);
    auto const before = all;
    CHECK(!set_condition(all, ready("True", "Up", "all up"), later));
    CHECK(all == before);
}

TEST_CASE("the transition time changes with the status only")
{
    std::vector<condition> all;
    set_condition(all, ready("False", "A", "a"), first);

    CHECK(set_condition(all, ready("False", "B", "a"), later));
    CHECK(set_condition(all, ready("False", "B", "b"), later));
    auto looked_at = ready("False", "B", "b");
    looked_at.observed_generation = 7;
    CHECK(set_condition(all, looked_at, later));
    REQUIRE(all.size() == 1);
    CHECK(all[0].reason == "B");
    CHECK(all[0].message == "b");
    CHECK(all[0].observed_generation == 7);
    CHECK(all[0].last_transition_time == first);

    CHECK(set_condition(all, ready("True", "B", "b"), later));
    CHECK(all[0].last_transition_time == later);
}

TEST_CASE("a transition time that is given is kept when the status changes")
{
    std::vector<condition> all;
    set_condition(all, ready("False"), first);
    auto known = ready("True");
    known.last_transition_time = timestamp{1500s};
    CHECK(set_condition(all, known, later));
    CHECK(all[0].last_transition_time == timestamp{1500s});
    known.last_transition_time = timestamp{1700s};
    CHECK(!set_condition(all, known, later));
    CHECK(all[0].last_transition_time == timestamp{1500s});
}

TEST_CASE("conditions are found by type, and true only if their status is True")
{
    std::vector<condition> all;
    CHECK(find_condition(all, "Ready") == nullptr);
    CHECK(!is_true(all, "Ready"));
    set_condition(all, ready("Unknown"), first);
    CHECK(!is_true(all, "Ready"));
    set_condition(all, ready("True"), first);
    CHECK(is_true(all, "Ready"));
    CHECK(!is_true(all, "ready"));
    CHECK(find_condition(all, "Ready") == &all[0]);
}

TEST_CASE("a removed condition is gone and the others stay")
{
    std::vector<condition> all;
    set_condition(all, ready("True"), first);
    set_condition(all, {.type = "Synced", .status = "True"}, first);
    CHECK(remove_condition(all, "Ready"));
    CHECK(!remove_condition(all, "Ready"));
    CHECK(find_condition(all, "Ready") == nullptr);
    CHECK(is_true(all, "Synced"));
}
