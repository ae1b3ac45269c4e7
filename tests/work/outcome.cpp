// SPDX-License-Identifier: BSL-1.0
#include <converge/work/outcome.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <type_traits>

using namespace std::chrono_literals;
using converge::outcome;
using converge::outcome_kind;

static_assert(!std::is_aggregate_v<outcome>);
static_assert(!std::constructible_from<outcome, outcome_kind>);

TEST_CASE("an outcome says when its key wants to run next")
{
    CHECK(converge::settled().kind() == outcome_kind::settled);
    CHECK(converge::again().kind() == outcome_kind::again);
    CHECK(converge::again_in(10ms).kind() == outcome_kind::again_in);
    CHECK(converge::again_in(10ms).delay() == 10ms);
    CHECK(converge::settled().delay() == 0s);
    CHECK(converge::again_in(1s) != converge::again_in(2s));
}

TEST_CASE("a negative delay is none") { CHECK(converge::again_in(-1s) == converge::again_in(0s)); }

TEST_CASE("an outcome that nobody chose is settled") { CHECK(outcome{} == converge::settled()); }
