// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/json_pointer.hpp>

#include <converge/codec/parse_json.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using converge::json_pointer;

TEST_CASE("a pointer finds what the examples of RFC 6901 say")
{
    auto const document = converge::parse_json(R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,
        "e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})")
                              .value();
    auto const at = [&document](std::string_view text) {
        auto const* const found = json_pointer::parse(text)->find(document);
        REQUIRE(found != nullptr);
        return *found;
    };
    CHECK(at("") == document);
    CHECK(at("/foo").as_array().size() == 2);
    CHECK(at("/foo/0") == "bar");
    CHECK(at("/") == 0);
    CHECK(at("/a~1b") == 1);
    CHECK(at("/c%d") == 2);
    CHECK(at("/e^f") == 3);
    CHECK(at("/g|h") == 4);
    CHECK(at("/i\\j") == 5);
    CHECK(at("/k\"l") == 6);
    CHECK(at("/ ") == 7);
    CHECK(at("/m~0n") == 8);
}

TEST_CASE("~01 is the name ~1, not a slash")
{
    CHECK(json_pointer::parse("/a~01b")->tokens() == std::vector<std::string>{"a~1b"});
}

TEST_CASE("a pointer to nothing finds nothing")
{
    auto const document = converge::parse_json(R"({"a":[1,2],"s":"x"})").value();
    for (std::string_view const text : {"/b", "/a/2", "/a/-", "/a/01", "/a/x", "/a/-1", "/a/",
                                        "/s/0", "/a/0/0", "/a/99999999999999999999999"}) {
        CAPTURE(text);
        CHECK(json_pointer::parse(text)->find(document) == nullptr);
    }
}

TEST_CASE("text that is no pointer is refused")
{
    for (std::string_view const text : {"a", "a/b", "/a~", "/a~2", "/~/b"}) {
        CAPTURE(text);
        auto const refused = json_pointer::parse(text);
        REQUIRE(refused.has_error());
        CHECK(refused.error().is(converge::errc::invalid));
    }
}

TEST_CASE("a place contains only the places inside it")
{
    auto const at = [](std::string_view text) { return json_pointer::parse(text).value(); };
    CHECK(at("").contains(at("/a")));
    CHECK(at("/a").contains(at("/a/b")));
    CHECK_FALSE(at("/a").contains(at("/a")));
    CHECK_FALSE(at("/a").contains(at("/ab")));
    CHECK_FALSE(at("/a/b").contains(at("/a")));
}

} // namespace
