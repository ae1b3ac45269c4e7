// SPDX-License-Identifier: BSL-1.0
#include <converge/observe/detail/lru_map.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <utility>

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

TEST_CASE("a map that was moved remembers the same")
{
    static_assert(!std::is_copy_constructible_v<lru_map<int>>);
    static_assert(!std::is_copy_assignable_v<lru_map<int>>);
    lru_map<std::string> first{2};
    first.insert(1, "one");
    first.insert(2, "two");
    lru_map<std::string> moved{std::move(first)};
    REQUIRE(moved.find(1));
    moved.insert(3, "three");
    lru_map<std::string> assigned{1};
    assigned = std::move(moved);
    REQUIRE(assigned.find(1));
    assigned.insert(4, "four");
    CHECK(*assigned.find(1) == "one");
    CHECK(assigned.find(2) == nullptr);
    CHECK(assigned.find(3) == nullptr);
    CHECK(*assigned.find(4) == "four");
}

TEST_CASE("a map without room remembers nothing")
{
    lru_map<int> known{0};
    known.insert(1, 1);
    CHECK(known.find(1) == nullptr);
}
