// SPDX-License-Identifier: BSL-1.0
#include <converge/model/label_selector.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace converge;

namespace {

using labels = std::map<std::string, std::string>;

label_selector read(std::string_view text) { return label_selector::parse(text).value(); }

} // namespace

TEST_CASE("each operator of a label selector chooses what it says")
{
    labels const web{{"app", "web"}, {"tier", "front"}, {"note", ""}};
    for (std::string_view const text :
         {"", "  ", "app=web", "app==web", " app = web ", "app", "!db", "app!=db", "db!=x",
          "app in (web)", "app in (db, web)", "app notin (db)", "db notin (x,y)",
          "note=", "note in (,x)", "app=web,tier in (front,back),!db,note", "app!=", "db!="}) {
        CAPTURE(text);
        CHECK(read(text).matches(web));
    }
    for (std::string_view const text :
         {"app=db", "db", "!app", "app!=web", "app in (db)", "db in (x)", "app notin (db,web)",
          "note!=", "db=", "app=web,tier=back", "app=Web"}) {
        CAPTURE(text);
        CHECK(!read(text).matches(web));
    }
}

TEST_CASE("the empty label selector matches everything and says that it is empty")
{
    CHECK(read("").empty());
    CHECK(label_selector{}.matches({}));
    CHECK(label_selector::equals({}).empty());
    CHECK(!read("a").empty());
}

TEST_CASE("label selectors that ask for the same print the same and are equal")
{
    std::vector<std::pair<std::string_view, std::string_view>> const table{
        {"", ""},
        {"a==b", "a=b"},
        {"a in (b)", "a=b"},
        {"a notin (b)", "a!=b"},
        {"z,b , !a", "!a,b,z"},
        {"a in (y, x,y)", "a in (x,y)"},
        {"f notin(z,y)", "f notin (y,z)"},
        {"a=b,a=b", "a=b"},
        {"e.com/a=", "e.com/a="},
        {"in in (in,notin)", "in in (in,notin)"},
        {"a in (,)", "a="},
    };
    for (auto const& [text, canonical] : table) {
        CAPTURE(text);
        CHECK(read(text).str() == canonical);
        CHECK(read(text) == read(canonical));
        CHECK(read(read(text).str()) == read(text));
    }
    CHECK(read("z=1,b!=2,e in (y,x),f notin (q,p),g,!h").str() ==
          "b!=2,e in (x,y),f notin (p,q),g,!h,z=1");
    CHECK(read("a=b") != read("a!=b"));
}

TEST_CASE("a label selector that cannot be read is refused at the position of the mistake")
{
    struct wrong {
        std::string_view text;
        std::string_view where;
        std::string_view expected;
    };
    for (auto const& [text, where, hint] : std::vector<wrong>{
             {"=b", "character 1:", "expected a label key"},
             {"a,", "character 3:", "found the end, expected a label key"},
             {"a=b,,c", "character 5:", "found \",\", expected a label key"},
             {"a b", "character 3:", "expected one of"},
             {"a>1", "character 2:", "expected one of"},
             {"a=b c", "character 5:", "expected ',' or the end"},
             {"a===b", "character 4:", "expected ',' or the end"},
             {"a in b", "character 6:", "expected '('"},
             {"a in ()", "character 7:", "at least one value"},
             {"a in (b", "character 8:", "found the end, expected ',' or ')'"},
             {"a in (b c)", "character 9:", "expected ',' or ')'"},
             {"!a=b", "character 3:", "expected ',' or the end"},
             {"!!a", "character 2:", "expected a label key"},
             {"a=b,c=-x", "character 7:", "\"-x\" is not a label value"},
             {"-a=b", "character 1:", "\"-a\" is not a qualified name"},
             {"a innit (b)", "character 3:", "expected one of"},
         }) {
        CAPTURE(text);
        auto const parsed = label_selector::parse(text);
        REQUIRE(!parsed);
        CHECK(parsed.error().is(errc::invalid));
        auto const& message = parsed.error().message;
        CAPTURE(message);
        CHECK(message.find('"' + std::string{text} + '"') != std::string::npos);
        CHECK(message.find(where) != std::string::npos);
        CHECK(message.find(hint) != std::string::npos);
    }
}

TEST_CASE("a map of labels chooses the objects that have them all")
{
    auto const both = label_selector::equals({{"a", "1"}, {"b", "2"}});
    CHECK(both.matches({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
    CHECK(!both.matches({{"a", "1"}}));
    CHECK(!both.matches({{"a", "1"}, {"b", "3"}}));
    CHECK(both == read("b=2,a=1"));
}

TEST_CASE("a label selector in a spec compiles to the selector it describes")
{
    label_selector_spec spec;
    CHECK(compile(spec).value().empty());

    spec.match_labels = {{"app", "web"}};
    spec.match_expressions = {{"tier", "In", {"b", "a"}},
                              {"zone", "NotIn", {"z"}},
                              {"live", "Exists", {}},
                              {"old", "DoesNotExist", {}}};
    CHECK(compile(spec).value() == read("app=web,tier in (a,b),zone!=z,live,!old"));
}

TEST_CASE("a wrong label selector in a spec is refused with the path of the wrong member")
{
    struct wrong {
        label_selector_spec spec;
        std::string_view path;
        std::string_view hint;
    };
    std::vector<wrong> const table{
        {{{{"-a", "b"}}, {}}, "matchLabels[-a]", "\"-a\""},
        {{{{"a", "b c"}}, {}}, "matchLabels[a]", "\"b c\""},
        {{{}, {{"", "Exists", {}}}}, "matchExpressions[0].key", "qualified name"},
        {{{}, {{"a", "Exists", {}}, {"a", "in", {"x"}}}},
         "matchExpressions[1].operator",
         "\"in\" is not an operator: use In"},
        {{{}, {{"a", "In", {}}}}, "matchExpressions[0].values", "at least one value"},
        {{{}, {{"a", "Exists", {"x"}}}}, "matchExpressions[0].values", "takes no values"},
        {{{}, {{"a", "NotIn", {"x", "-"}}}}, "matchExpressions[0].values[1]", "\"-\""},
    };
    for (auto const& each : table) {
        CAPTURE(each.path);
        auto const compiled = compile(each.spec);
        REQUIRE(!compiled);
        CHECK(compiled.error().is(errc::invalid));
        CHECK(compiled.error().path == each.path);
        CHECK(compiled.error().message.find(each.hint) != std::string::npos);
    }
}
