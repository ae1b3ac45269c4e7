// SPDX-License-Identifier: BSL-1.0
#include <converge/work/cause.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using converge::cause;
using converge::cause_kind;
using converge::object_ref;
using converge::revision;

static_assert(!std::is_aggregate_v<cause>);

TEST_CASE("a cause names its kind, its source and its revision")
{
    cause const why{cause_kind::owned, object_ref{"Pod", "default", "p1"}, revision{4}};
    CHECK(why.kind() == cause_kind::owned);
    REQUIRE(why.source());
    CHECK(why.source()->name == "p1");
    CHECK(why.at() == revision{4});
}

TEST_CASE("copies of a cause share the name of the source")
{
    cause const why{cause_kind::watched, object_ref{"Node", "", "n1"}};
    cause const copy{why};
    CHECK(copy.source().get() == why.source().get());
}

TEST_CASE("a cause without a source keeps none")
{
    cause const why{cause_kind::changed, revision{9}};
    CHECK_FALSE(why.source());
    CHECK(why.at() == revision{9});
}

TEST_CASE("each kind of cause has its own name")
{
    CHECK(to_string(cause_kind::initial) == "initial");
    CHECK(to_string(cause_kind::stale) == "stale");
    CHECK(to_string(cause_kind::external) == "external");
    CHECK(to_string(static_cast<cause_kind>(31)) == "unknown");
}
