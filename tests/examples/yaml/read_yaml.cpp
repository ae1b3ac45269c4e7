// SPDX-License-Identifier: BSL-1.0
#include "yaml/read_yaml.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>

using cluster::read_yaml;

namespace {

/// The only document, as JSON text.
std::string json_of(std::string_view text)
{
    auto const documents = read_yaml(text, "f.yaml");
    REQUIRE_MESSAGE(documents.has_value(), documents.error().what());
    REQUIRE(documents->size() == 1);
    return boost::json::serialize(documents->front().value);
}

std::string error_of(std::string_view text, cluster::yaml_limits limits = {})
{
    auto const documents = read_yaml(text, "f.yaml", limits);
    REQUIRE_FALSE(documents.has_value());
    return documents.error().what();
}

} // namespace

TEST_CASE("only true and false are booleans: Norway stays a country")
{
    CHECK(json_of("[no, NO, yes, on, off, y, n, Yes]") ==
          R"(["no","NO","yes","on","off","y","n","Yes"])");
    CHECK(json_of("[true, True, false, FALSE]") == "[true,true,false,false]");
}

TEST_CASE("null is written in four ways")
{
    CHECK(json_of("[null, Null, NULL, ~, 'null', nil]") == R"([null,null,null,null,"null","nil"])");
    CHECK(json_of("a:") == R"({"a":null})");
}

TEST_CASE("quoted scalars are strings")
{
    CHECK(json_of(R"(["8080", '1', "true", "", '0x10'])") == R"(["8080","1","true","","0x10"])");
    CHECK(json_of("!!str 8080") == "\"8080\"");
}

TEST_CASE("integers are exact")
{
    CHECK(json_of("[0, -1, +7, 9223372036854775807, -9223372036854775808, 18446744073709551615]") ==
          "[0,-1,7,9223372036854775807,-9223372036854775808,18446744073709551615]");
    CHECK(json_of("[0x1F, 0o17, 0644]") == "[31,15,420]");
}

TEST_CASE("numbers that JSON cannot hold exactly are refused")
{
    CHECK(error_of("a: 18446744073709551616") ==
          "f.yaml:1:4: 18446744073709551616 needs more than 64 bits; put it in quotes if it is "
          "text");
    CHECK(error_of("a: 089").find("is no octal number") != std::string::npos);
    CHECK(error_of("a: 1e999").find("beyond the range") != std::string::npos);
}

TEST_CASE("floats need digits, and versions and times are text")
{
    CHECK(boost::json::parse(json_of("[0.5, -1.5, 1e3, .5, +2.0]")) ==
          boost::json::parse("[0.5, -1.5, 1000.0, 0.5, 2.0]"));
    CHECK(json_of("[1.2.3, 500m, 4Gi, 12:30:00, ., -, 1e, .inf, .nan]") ==
          R"(["1.2.3","500m","4Gi","12:30:00",".","-","1e",".inf",".nan"])");
}

TEST_CASE("a file has any number of documents, and empty ones do not count")
{
    auto const documents = read_yaml("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n", "f.yaml");
    REQUIRE(documents.has_value());
    REQUIRE(documents->size() == 2);
    CHECK(boost::json::serialize((*documents)[1].value) == R"({"b":2})");
    CHECK(read_yaml("", "f.yaml")->empty());
}

TEST_CASE("aliases and merge keys are replaced, and a map's own members win")
{
    CHECK(json_of("base: &b {x: 1, y: 2}\nuse: *b\nmerged: {<<: *b, y: 3}\n") ==
          R"({"base":{"x":1,"y":2},"use":{"x":1,"y":2},"merged":{"y":3,"x":1}})");
    CHECK(json_of("a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc:\n  <<: [*a, *b]\n") ==
          R"({"a":{"x":1},"b":{"x":2,"z":3},"c":{"x":1,"z":3}})");
    CHECK(json_of("'<<': 1") == R"({"<<":1})");
    CHECK(error_of("a: {<<: 1}").find("merges a map") != std::string::npos);
}

TEST_CASE("an alias bomb is refused at the limit, not after it went off")
{
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i != 10; ++i) {
        auto const before = std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int j = 0; j != 10; ++j)
            bomb += (j == 0 ? "*a" : ", *a") + before;
        bomb += "]\n";
    }
    auto const documents = read_yaml(bomb, "f.yaml");
    REQUIRE_FALSE(documents.has_value());
    CHECK(documents.error().is(converge::errc::too_large));
    CHECK(documents.error().what().find("more than 100000 values") != std::string::npos);
}

TEST_CASE("a value cannot contain itself")
{
    CHECK(error_of("a: &a [*a]").find("inside the value that it stands for") != std::string::npos);
}

TEST_CASE("depth and size have limits")
{
    std::string const deep(200, '[');
    CHECK(error_of(deep + std::string(200, ']')).find("nested more than 100 deep") !=
          std::string::npos);
    CHECK(read_yaml(std::string(100, '[') + std::string(100, ']'), "f.yaml").has_value());
    auto const long_file = read_yaml("a: 12345", "f.yaml", {.bytes_max = 7});
    REQUIRE_FALSE(long_file.has_value());
    CHECK(long_file.error().is(converge::errc::too_large));
    CHECK(error_of("[1, 2, 3]", {.values_max = 3}).find("more than 3 values") != std::string::npos);
}

TEST_CASE("bad syntax is reported with file, line and column")
{
    CHECK(error_of("a: 1\nb: [1, 2\nc: 3\n").starts_with("f.yaml:3:"));
    CHECK(error_of("a: 1\n\tb: 2\n").starts_with("f.yaml:2:"));
    CHECK(error_of("a: *nowhere\n").starts_with("f.yaml:1:"));
}

TEST_CASE("a key may be given once, and has to be a plain word")
{
    CHECK(error_of("a: 1\nb: 2\na: 3\n") ==
          "f.yaml:3:1: the key \"a\" is already there (line 1); keep one of them");
    CHECK(error_of("? [a, b]\n: 1\n").find("a key has to be a plain word") != std::string::npos);
    CHECK(json_of("1: a\ntrue: b\n") == R"({"1":"a","true":"b"})");
}

TEST_CASE("every value knows its line")
{
    auto const documents = read_yaml("# a comment\n"
                                     "metadata:\n"
                                     "  labels:\n"
                                     "    app.kubernetes.io/name: web\n"
                                     "spec:\n"
                                     "  containers:\n"
                                     "    - name: a\n"
                                     "      ports:\n"
                                     "        - containerPort: 80\n"
                                     "    - name: b\n",
                                     "f.yaml");
    REQUIRE(documents.has_value());
    auto const& lines = documents->front().lines;
    CHECK(lines.line_of("") == 2);
    CHECK(lines.line_of("metadata.labels[\"app.kubernetes.io/name\"]") == 4);
    CHECK(lines.line_of("spec.containers[0].name") == 7);
    CHECK(lines.line_of("spec.containers[0].ports[0].containerPort") == 9);
    CHECK(lines.line_of("spec.containers[1]") == 10);
    CHECK(lines.line_of("spec.containers[1].ports[0].name") == 10);
    CHECK(lines.line_of("spec.containers[7]") == 6);
    CHECK(lines.line_of("spec.nodeName") == 5);
    CHECK(lines.line_of("spec.containers[x") == 7);
}
