// SPDX-License-Identifier: BSL-1.0
#include <converge/model/owner_references.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace converge;

namespace {

owner_reference owner(char const* name, char const* id)
{
    return {.api_version = "demo/v1", .kind = "Web", .name = name, .uid = uid{id}};
}

object_meta pod()
{
    object_meta made;
    made.name = "pod-1";
    return made;
}

} // namespace

TEST_CASE("the controller that was set is the controller and an owner")
{
    auto meta = pod();
    CHECK(controller_of(meta) == nullptr);
    REQUIRE(set_controller(meta, owner("blog", "u1")).has_value());
    REQUIRE(controller_of(meta) != nullptr);
    CHECK(controller_of(meta)->name == "blog");
    CHECK(is_owned_by(meta, uid{"u1"}));
    CHECK(!is_owned_by(meta, uid{"u2"}));
}

TEST_CASE("a second controller is refused by an error that names the first")
{
    auto meta = pod();
    REQUIRE(set_controller(meta, owner("blog", "u1")).has_value());
    auto const before = meta;
    auto const second = set_controller(meta, owner("shop", "u2"));
    REQUIRE(!second);
    CHECK(second.error().is(errc::conflict));
    CHECK(second.error().path == "metadata.ownerReferences");
    for (char const* const part : {"\"pod-1\"", "Web blog", "u1", "Web shop"}) {
        CAPTURE(part);
        CHECK(second.error().message.find(part) != std::string::npos);
    }
    CHECK(meta == before);
}

TEST_CASE("setting the same controller again leaves one reference")
{
    auto meta = pod();
    REQUIRE(set_controller(meta, owner("blog", "u1")).has_value());
    REQUIRE(set_controller(meta, owner("blog", "u1")).has_value());
    CHECK(meta.owner_references.size() == 1);
}

TEST_CASE("an owner becomes the controller in its place")
{
    auto meta = pod();
    add_owner(meta, owner("blog", "u1"));
    add_owner(meta, owner("shop", "u2"));
    CHECK(controller_of(meta) == nullptr);
    REQUIRE(set_controller(meta, owner("blog", "u1")).has_value());
    CHECK(meta.owner_references.size() == 2);
    CHECK(controller_of(meta) == &meta.owner_references[0]);
}

TEST_CASE("an owner without uid is refused")
{
    auto meta = pod();
    auto const set = set_controller(meta, owner("blog", ""));
    REQUIRE(!set);
    CHECK(set.error().is(errc::invalid));
    CHECK(set.error().message.find("Web blog has no uid") == 0);
    CHECK(meta.owner_references.empty());
}

TEST_CASE("adding an owner never makes or unmakes a controller")
{
    auto meta = pod();
    REQUIRE(set_controller(meta, owner("blog", "u1")).has_value());
    auto claimant = owner("shop", "u2");
    claimant.controller = true;
    CHECK(add_owner(meta, claimant));
    CHECK(!add_owner(meta, claimant));
    CHECK(!add_owner(meta, owner("blog", "u1")));
    CHECK(add_owner(meta, owner("renamed", "u2")));
    CHECK(meta.owner_references.size() == 2);
    CHECK(meta.owner_references[1].name == "renamed");
    CHECK(controller_of(meta)->uid == uid{"u1"});
    CHECK(!meta.owner_references[1].controller);
}

TEST_CASE("a removed owner is no owner and the others stay")
{
    auto meta = pod();
    add_owner(meta, owner("blog", "u1"));
    add_owner(meta, owner("shop", "u2"));
    CHECK(remove_owner(meta, uid{"u1"}));
    CHECK(!remove_owner(meta, uid{"u1"}));
    CHECK(!is_owned_by(meta, uid{"u1"}));
    CHECK(is_owned_by(meta, uid{"u2"}));
}

TEST_CASE("nothing is owned by the empty uid")
{
    auto meta = pod();
    meta.owner_references.push_back(owner("blog", ""));
    CHECK(!is_owned_by(meta, uid{}));
}
