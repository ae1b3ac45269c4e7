// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/diff.hpp>

#include <converge/codec/parse_json.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace {

std::string lines(std::string_view before, std::string_view after)
{
    return converge::to_string(
        converge::diff(*converge::parse_json(before), *converge::parse_json(after)));
}

TEST_CASE("equal documents do not differ")
{
    CHECK(lines(R"({"a":[1,{"b":null}],"c":"x"})", R"({"c":"x","a":[1.0,{"b":null}]})").empty());
}

TEST_CASE("a difference has the path and the values before and after")
{
    auto const differences = converge::diff(*converge::parse_json(R"({"spec":{"replicas":1}})"),
                                            *converge::parse_json(R"({"spec":{"replicas":3}})"));
    REQUIRE(differences.size() == 1);
    CHECK(differences[0].path == "spec.replicas");
    CHECK(differences[0].before == boost::json::value(1));
    CHECK(differences[0].after == boost::json::value(3));
    CHECK(converge::to_string(differences[0]) == "spec.replicas: 1 -> 3");
}

TEST_CASE("added and removed members are told apart from members set to null")
{
    CHECK(lines(R"({"a":1,"b":2})", R"({"b":null,"c":{"d":3}})") == "a: removed 1\n"
                                                                    "b: 2 -> null\n"
                                                                    "c: added {\"d\":3}\n");
}

TEST_CASE("array elements are compared by position")
{
    CHECK(lines(R"({"a":[1,{"x":1},3]})", R"({"a":[1,{"x":2}]})") == "a[1].x: 1 -> 2\n"
                                                                     "a[2]: removed 3\n");
    CHECK(lines("[]", "[7]") == "[0]: added 7\n");
}

TEST_CASE("a change of type is one difference")
{
    CHECK(lines(R"({"a":{"b":1}})", R"({"a":[1]})") == "a: {\"b\":1} -> [1]\n");
    CHECK(lines("1", "\"1\"") == "1 -> \"1\"\n");
}

TEST_CASE("names that would be misread in a path are quoted, and long values cut")
{
    auto const text = lines(R"({"labels":{"a.b/c":"x"}})",
                            R"({"labels":{"a.b/c":")" + std::string(500, 'y') + R"("}})");
    CHECK(text.starts_with("labels[\"a.b/c\"]: \"x\" -> \"yyy"));
    CHECK(text.size() < 200);
}

} // namespace
