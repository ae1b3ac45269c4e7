// SPDX-License-Identifier: BSL-1.0
#include <converge/model/field_selector.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace converge;

namespace {

field_selector read(std::string_view text) { return field_selector::parse(text).value(); }

std::optional<std::string> pod(std::string_view path)
{
    if (path == "metadata.name")
        return "blog";
    if (path == "spec.nodeName")
        return "n1";
    if (path == "spec.text")
        return "a,b=c\\";
    return std::nullopt;
}

} // namespace

TEST_CASE("a field selector chooses objects whose fields meet every term")
{
    for (std::string_view const text :
         {"", "metadata.name=blog", "metadata.name==blog", "metadata.name!=other",
          "metadata.name=blog,spec.nodeName!=n2", R"(spec.text=a\,b\=c\\)"}) {
        CAPTURE(text);
        CHECK(read(text).matches(pod));
    }
    for (std::string_view const text :
         {"metadata.name=other", "metadata.name!=blog", "metadata.name=blog,spec.nodeName!=n1",
          "metadata.name=", "metadata.name=Blog"}) {
        CAPTURE(text);
        CHECK(!read(text).matches(pod));
    }
}

TEST_CASE("an absent field is compared as an empty text")
{
    CHECK(read("status.phase=").matches(pod));
    CHECK(read("status.phase!=Running").matches(pod));
    CHECK(!read("status.phase!=").matches(pod));
    CHECK(!read("status.phase=Running").matches(pod));
}

TEST_CASE("the terms of a field selector can be read one by one in the order written")
{
    std::vector<field_term> const terms{{"spec.nodeName", field_operator::not_equals, "y"},
                                        {"metadata.name", field_operator::equals, "x"}};
    CHECK(read("spec.nodeName!=y,metadata.name=x").terms() == terms);
    CHECK(read("").empty());
    CHECK(!read("a=").empty());
}

TEST_CASE("a field selector that is printed and read again is the same")
{
    for (std::string_view const text : {"", "a=b", "a.b!=c,d=", R"(a=x\,y\=z\\,b=1)"}) {
        CAPTURE(text);
        CHECK(read(text).str() == text);
    }
    CHECK(read("a==b").str() == "a=b");
}

TEST_CASE("a field selector that cannot be read is refused at the position of the mistake")
{
    struct wrong {
        std::string_view text;
        std::string_view where;
        std::string_view expected;
    };
    for (auto const& [text, where, hint] : std::vector<wrong>{
             {"=b", "character 1:", "expected the path of a field"},
             {"a=b,", "character 5:", "found the end, expected the path of a field"},
             {"a=b, c=d", "character 5:", "expected the path of a field"},
             {"a", "character 2:", "found the end, expected one of"},
             {"a!b", "character 2:", "expected one of"},
             {"a in (b)", "character 2:", "expected one of"},
             {"a=b=c", "character 4:", "write \\= for"},
             {"a=b\\c", "character 5:", "after the \\"},
             {"a=b\\", "character 5:", "found the end"},
         }) {
        CAPTURE(text);
        auto const parsed = field_selector::parse(text);
        REQUIRE(!parsed);
        CHECK(parsed.error().is(errc::invalid));
        auto const& message = parsed.error().message;
        CAPTURE(message);
        CHECK(message.find('"' + std::string{text} + '"') != std::string::npos);
        CHECK(message.find(where) != std::string::npos);
        CHECK(message.find(hint) != std::string::npos);
        CHECK(message.find("as in metadata.name=blog") != std::string::npos);
    }
}
