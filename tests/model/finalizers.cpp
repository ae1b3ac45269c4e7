// SPDX-License-Identifier: BSL-1.0
#include <converge/model/finalizers.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace converge;

TEST_CASE("a finalizer is there from its adding to its removal")
{
    object_meta meta;
    CHECK(!has_finalizer(meta, "demo.dev/disk"));
    CHECK(add_finalizer(meta, "demo.dev/disk"));
    CHECK(has_finalizer(meta, "demo.dev/disk"));
    CHECK(!has_finalizer(meta, "demo.dev"));
    CHECK(remove_finalizer(meta, "demo.dev/disk"));
    CHECK(!has_finalizer(meta, "demo.dev/disk"));
}

TEST_CASE("adding a finalizer twice or removing an absent one changes nothing")
{
    object_meta meta;
    add_finalizer(meta, "a/1");
    add_finalizer(meta, "a/2");
    CHECK(!add_finalizer(meta, "a/1"));
    CHECK(!remove_finalizer(meta, "a/3"));
    CHECK(meta.finalizers == std::vector<std::string>{"a/1", "a/2"});
    CHECK(remove_finalizer(meta, "a/1"));
    CHECK(meta.finalizers == std::vector<std::string>{"a/2"});
}
