// SPDX-License-Identifier: BSL-1.0
#include <converge/store/store_key.hpp>

#include "gadget.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace converge;
using namespace store_test;

namespace {

[[nodiscard]] std::string key_to(std::string space, std::string name)
{
    return store_key(type_of<gadget>(), object_key{std::move(space), std::move(name)});
}

} // namespace

TEST_CASE("a key names the kind, the namespace, which may be empty, and the object")
{
    CHECK(key_to("default", "blog") == "test.converge.dev/gadgets/default/blog");
    CHECK(key_to("", "blog") == "test.converge.dev/gadgets//blog");
}

TEST_CASE("the prefix of a kind begins all its keys, that of a namespace only those in it")
{
    auto const all = store_prefix(type_of<gadget>());
    auto const some = store_prefix(type_of<gadget>(), "team");
    for (auto const& each : {key_to("team", "a"), key_to("team-2", "a"), key_to("", "team")})
        CHECK(each.starts_with(all));
    CHECK(key_to("team", "a").starts_with(some));
    CHECK_FALSE(key_to("team-2", "a").starts_with(some));
    CHECK_FALSE(key_to("", "team").starts_with(some));
}
