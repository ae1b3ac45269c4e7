// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/json_patch.hpp>

#include <converge/codec/parse_json.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace {

using converge::errc;
using converge::json_patch;

boost::json::value json(std::string_view text) { return converge::parse_json(text).value(); }

std::string patched(std::string_view document, std::string_view patch)
{
    auto const result = json_patch(json(document), json(patch));
    return result ? boost::json::serialize(*result) : "refused: " + result.error().what();
}

converge::failure refused(std::string_view document, std::string_view patch)
{
    auto const result = json_patch(json(document), json(patch));
    REQUIRE(result.has_error());
    return result.error();
}

TEST_CASE("json patch gives the results of the appendix of RFC 6902")
{
    CHECK(patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])") ==
          R"({"foo":"bar","baz":"qux"})");
    CHECK(patched(R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])") ==
          R"({"foo":["bar","qux","baz"]})");
    CHECK(patched(R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])") ==
          R"({"foo":"bar"})");
    CHECK(patched(R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])") ==
          R"({"foo":["bar","baz"]})");
    CHECK(patched(R"({"baz":"qux","foo":"bar"})",
                  R"([{"op":"replace","path":"/baz","value":"boo"}])") ==
          R"({"baz":"boo","foo":"bar"})");
    CHECK(patched(R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
                  R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])") ==
          R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})");
    CHECK(patched(R"({"foo":["all","grass","cows","eat"]})",
                  R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])") ==
          R"({"foo":["all","cows","eat","grass"]})");
    CHECK(patched(R"({"baz":"qux","foo":["a",2,"c"]})",
                  R"([{"op":"test","path":"/baz","value":"qux"},
                      {"op":"test","path":"/foo/1","value":2}])") ==
          R"({"baz":"qux","foo":["a",2,"c"]})");
    CHECK(patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/child","value":{"g":{}}}])") ==
          R"({"foo":"bar","child":{"g":{}}})");
    CHECK(patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])") ==
          R"({"foo":"bar","baz":"qux"})");
    CHECK(patched(R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])") ==
          R"({"/":9,"~1":10})");
    CHECK(
        patched(R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])") ==
        R"({"foo":["bar",["abc","def"]]})");
}

TEST_CASE("a test that fails refuses the whole patch")
{
    auto const wrong = refused(R"({"baz":"qux"})", R"([{"op":"test","path":"/baz","value":"x"}])");
    CHECK(wrong.is(errc::invalid));
    CHECK(wrong.path == "/baz");
    CHECK(wrong.message == R"(operation 0: test failed: expected "x", got "qux")");
    CHECK(
        refused(R"({"~1":10})", R"([{"op":"test","path":"/~01","value":"10"}])").is(errc::invalid));
}

TEST_CASE("test compares numbers by value and objects without regard to order")
{
    CHECK(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":1.0}])") == R"({"a":1})");
    CHECK(patched(R"({"a":{"x":1,"y":[2]}})",
                  R"([{"op":"test","path":"/a","value":{"y":[2.0],"x":1}}])") ==
          R"({"a":{"x":1,"y":[2]}})");
    CHECK(refused(R"({"a":[1,2]})", R"([{"op":"test","path":"/a","value":[2,1]}])").path == "/a");
    CHECK(refused(R"({"a":9007199254740993})",
                  R"([{"op":"test","path":"/a","value":9007199254740992.0}])")
              .path == "/a");
}

TEST_CASE("a refused patch names the operation and its path")
{
    auto const wrong = refused(R"({"a":1})", R"([{"op":"add","path":"/b","value":1},
                                                 {"op":"remove","path":"/c/d"}])");
    CHECK(wrong.message == R"(operation 1: there is nothing at "/c/d")");
    CHECK(wrong.path == "/c/d");
}

TEST_CASE("operations on what is not there are refused")
{
    for (std::string_view const patch : {
             R"([{"op":"add","path":"/x/y","value":1}])",
             R"([{"op":"add","path":"/s/y","value":1}])",
             R"([{"op":"add","path":"/a/3","value":1}])",
             R"([{"op":"add","path":"/a/01","value":1}])",
             R"([{"op":"add","path":"/a/x","value":1}])",
             R"([{"op":"remove","path":"/a/2"}])",
             R"([{"op":"remove","path":"/a/-"}])",
             R"([{"op":"remove","path":""}])",
             R"([{"op":"replace","path":"/x","value":1}])",
             R"([{"op":"replace","path":"/a/-","value":1}])",
             R"([{"op":"test","path":"/x","value":null}])",
             R"([{"op":"move","from":"/x","path":"/y"}])",
             R"([{"op":"copy","from":"/x","path":"/y"}])",
             R"([{"op":"move","from":"/o","path":"/o/inner"}])",
             R"([{"op":"move","from":"/a/0","path":"/a/5"}])",
         }) {
        CAPTURE(patch);
        CHECK(refused(R"({"a":[1,2],"s":"text","o":{"k":1}})", patch).is(errc::invalid));
    }
}

TEST_CASE("operations that are not well-formed are refused")
{
    for (std::string_view const patch : {
             R"({"op":"add","path":"/x","value":1})",
             R"([1])",
             R"([{"path":"/x","value":1}])",
             R"([{"op":"add","value":1}])",
             R"([{"op":"add","path":1,"value":1}])",
             R"([{"op":"add","path":"x","value":1}])",
             R"([{"op":"add","path":"/x~2","value":1}])",
             R"([{"op":"add","path":"/x"}])",
             R"([{"op":"test","path":"/a"}])",
             R"([{"op":"move","path":"/x"}])",
             R"([{"op":"copy","from":"a","path":"/x"}])",
             R"([{"op":"spam","path":"/a","value":1}])",
         }) {
        CAPTURE(patch);
        CHECK(refused(R"({"a":1})", patch).is(errc::invalid));
    }
}

TEST_CASE("the whole document can be replaced, tested and copied into itself")
{
    CHECK(patched(R"({"a":1})", R"([{"op":"replace","path":"","value":[1]}])") == "[1]");
    CHECK(patched(R"({"a":1})", R"([{"op":"add","path":"","value":null}])") == "null");
    CHECK(patched(R"({"a":1})", R"([{"op":"test","path":"","value":{"a":1}}])") == R"({"a":1})");
    CHECK(patched(R"({"a":1})", R"([{"op":"copy","from":"","path":"/b"}])") ==
          R"({"a":1,"b":{"a":1}})");
    CHECK(patched(R"({"a":{"b":[7]}})", R"([{"op":"move","from":"/a/b","path":""}])") == "[7]");
    CHECK(patched(R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])") == R"({"a":1})");
}

TEST_CASE("a patch of too many operations is refused")
{
    boost::json::array patch(10'000, json(R"({"op":"test","path":"/a","value":1})"));
    CHECK(json_patch(json(R"({"a":1})"), patch).has_value());
    patch.push_back(patch.back());
    CHECK(json_patch(json(R"({"a":1})"), patch).error().is(errc::too_large));
}

TEST_CASE("copies into copies cannot nest without bound")
{
    // Each puts all there is into the innermost object: twice as deep.
    boost::json::array patch;
    std::string innermost = "/a";
    for (int i = 0; i != 15; ++i) {
        patch.push_back({{"op", "copy"}, {"from", "/a"}, {"path", innermost + "/a"}});
        innermost += innermost;
    }
    auto const result = json_patch(json(R"({"a":{}})"), patch);
    REQUIRE(result.has_error());
    CHECK(result.error().is(errc::too_large));
    CHECK(result.error().message ==
          "operation 5: the document would be 65 levels deep; the limit is 64");
}

TEST_CASE("no operation nests deeper than the limit")
{
    auto const nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    auto const document = json("{\"a\":" + nested(32) + ",\"b\":" + nested(31) + ",\"c\":1}");
    std::string innermost = "/a";
    for (int i = 0; i != 31; ++i)
        innermost += "/0";
    auto const outcome = [&](std::string_view operation, std::string_view rest) {
        auto const patch = "[{\"op\":\"" + std::string{operation} + "\",\"path\":\"" + innermost +
                           std::string{rest} + "}]";
        auto const result = json_patch(document, json(patch));
        return std::string{result                               ? ""
                           : result.error().is(errc::too_large) ? "too large"
                                                                : "invalid"};
    };
    // 32 arrays and the object enclose what is added there.
    CHECK(outcome("add", "/-\",\"value\":" + nested(31)) == "");
    CHECK(outcome("add", "/-\",\"value\":" + nested(32)) == "too large");
    CHECK(outcome("replace", "\",\"value\":" + nested(32)) == "");
    CHECK(outcome("replace", "\",\"value\":" + nested(33)) == "too large");
    CHECK(outcome("copy", "/-\",\"from\":\"/b\"") == "");
    CHECK(outcome("copy", "/-\",\"from\":\"\"") == "too large");
    CHECK(outcome("move", "/-\",\"from\":\"/b\"") == "");
    CHECK(outcome("move", "\",\"from\":\"/c\"") == "");
    auto const deeper = json("{\"a\":" + nested(32) + ",\"b\":" + nested(32) + '}');
    auto const moved = json_patch(
        deeper, json("[{\"op\":\"move\",\"from\":\"/b\",\"path\":\"" + innermost + "/-\"}]"));
    REQUIRE(moved.has_error());
    CHECK(moved.error().is(errc::too_large));
    CHECK(
        json_patch(json("1"), json("[{\"op\":\"add\",\"path\":\"\",\"value\":" + nested(62) + "}]"))
            .has_value());
}

TEST_CASE("a moved value is not copied")
{
    auto document = json("{\"a\":{\"text\":\"" + std::string(1000, 'x') + "\"},\"b\":{}}");
    auto const* const text = document.at("a").at("text").as_string().data();
    auto const result =
        json_patch(std::move(document), json(R"([{"op":"move","from":"/a","path":"/b/c"}])"));
    REQUIRE(result.has_value());
    CHECK(result->at("b").at("c").at("text").as_string().data() == text);
}

TEST_CASE("copies of copies cannot grow without bound")
{
    boost::json::array const patch(60, json(R"({"op":"copy","from":"","path":"/-"})"));
    auto const result = json_patch(json("[1]"), patch);
    REQUIRE(result.has_error());
    CHECK(result.error().is(errc::too_large));
}

} // namespace
