// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/merge_patch.hpp>

#include <converge/codec/parse_json.hpp>

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string_view>

namespace {

using converge::merge_patched;
using converge::parse_json;

boost::json::value json(std::string_view text) { return parse_json(text).value(); }

TEST_CASE("merge patch gives the results of the appendix of RFC 7396")
{
    struct example {
        std::string_view original, patch, result;
    };
    for (auto const& [original, patch, result] : {
             example{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
             example{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
             example{R"({"a":"b"})", R"({"a":null})", R"({})"},
             example{R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
             example{R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
             example{R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
             example{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
             example{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
             example{R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
             example{R"({"a":"b"})", R"(["c"])", R"(["c"])"},
             example{R"({"a":"foo"})", "null", "null"},
             example{R"({"a":"foo"})", R"("bar")", R"("bar")"},
             example{R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
             example{R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
             example{R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
         }) {
        CAPTURE(original);
        CAPTURE(patch);
        CHECK(merge_patched(json(original), json(patch)) == json(result));
    }
}

TEST_CASE("merge patch gives the result of the example of RFC 7396")
{
    auto const original = json(R"({"title":"Goodbye!","author":{"givenName":"John",
        "familyName":"Doe"},"tags":["example","sample"],"content":"This will be unchanged"})");
    auto const patch = json(R"({"title":"Hello!","phoneNumber":"+01-123-456-7890",
        "author":{"familyName":null},"tags":["example"]})");
    CHECK(merge_patched(original, patch) ==
          json(R"({"title":"Hello!","author":{"givenName":"John"},"tags":["example"],
                   "content":"This will be unchanged","phoneNumber":"+01-123-456-7890"})"));
}

TEST_CASE("merge patch removes members set to null and keeps the order of the others")
{
    auto document = json(R"({"a":1,"b":2,"c":3,"d":4})");
    converge::merge_patch(document, json(R"({"b":null,"x":null})"));
    CHECK(boost::json::serialize(document) == R"({"a":1,"c":3,"d":4})");
}

} // namespace
