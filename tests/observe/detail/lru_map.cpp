// SPDX-License-Identifier: BSL-1.0
#include <converge/observe/detail/lru_map.hpp>

#include <doctest/doctest.h>

#include <string>

using converge::detail::lru_map;

TEST_CASE("a full map forgets what was asked for longest ago")
{
    lru_map<std::string> known{2};
    known.insert(1, "one");
    known.insert(2, "two");
    REQUIRE(known.find(1));
    known.insert(3, "three");
    CHECK(known.size() == 2);
    CHECK(known.find(2) == nullptr);
    REQUIRE(known.find(1));
    CHECK(*known.find(1) == "one");
    REQUIRE(known.find(3));
    CHECK(*known.find(3) == "three");
}

TEST_CASE("a map without room remembers nothing")
{
    lru_map<int> known{0};
    known.insert(1, 1);
    CHECK(known.find(1) == nullptr);
}
