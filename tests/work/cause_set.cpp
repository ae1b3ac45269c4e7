// SPDX-License-Identifier: BSL-1.0
#include <converge/work/cause_set.hpp>

#include <doctest/doctest.h>

using converge::cause;
using converge::cause_kind;
using converge::cause_set;
using converge::object_ref;
using converge::revision;

TEST_CASE("a merged set keeps every kind, the first source and the highest revision")
{
    cause_set why;
    CHECK(why.empty());
    CHECK(why.source() == nullptr);
    why.add(cause{cause_kind::changed, revision{8}});
    why.add(cause{cause_kind::owned, object_ref{"Pod", "default", "p1"}, revision{5}});
    why.add(cause{cause_kind::owned, object_ref{"Pod", "default", "p2"}, revision{6}});
    CHECK(why.contains(cause_kind::changed));
    CHECK(why.contains(cause_kind::owned));
    CHECK_FALSE(why.contains(cause_kind::initial));
    CHECK(why.count() == 3);
    REQUIRE(why.source());
    CHECK(why.source()->name == "p1");
    CHECK(why.at() == revision{8});
}

TEST_CASE("merging two sets is adding the causes of both")
{
    cause_set left{cause_kind::requeue};
    cause_set const right{cause{cause_kind::watched, object_ref{"Node", "", "n1"}, revision{3}}};
    left.merge(right);
    CHECK(left.str() == "watched+requeue from Node n1 at 3 (2 merged)");
}

TEST_CASE("a set of causes reads as one phrase, without the parts that it does not know")
{
    CHECK(cause_set{}.str() == "none");
    CHECK(cause_set{cause_kind::initial}.str() == "initial");
    CHECK(cause_set{cause{cause_kind::changed, revision{2}}}.str() == "changed at 2");
}
