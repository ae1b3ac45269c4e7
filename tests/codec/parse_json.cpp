// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/parse_json.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace {

using converge::errc;
using converge::parse_json;

std::string nested_arrays(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST_CASE("integers are exact over the whole 64-bit range")
{
    CHECK(*parse_json("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK(*parse_json("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    CHECK(*parse_json("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK(*parse_json("9007199254740993") == 9007199254740993);
    CHECK(parse_json("18446744073709551616")->is_double());
}

TEST_CASE("every double is read back exactly as it was written")
{
    std::mt19937_64 random{20240501};
    for (int i = 0; i != 20'000; ++i) {
        auto const written =
            std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 1800) - 960);
        auto const read = parse_json(boost::json::serialize(boost::json::value(written)));
        REQUIRE(read.has_value());
        REQUIRE(read->as_double() == written);
    }
}

TEST_CASE("a number beyond the range of doubles is refused")
{
    CHECK(parse_json("1e999").error().message == "number out of range at line 1, column 1");
    CHECK(parse_json("[0, -1e999]").error().path == "[1]");
}

TEST_CASE("all escapes are read")
{
    CHECK(*parse_json(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
    CHECK(*parse_json(R"("\u0041\u00e9\u20AC\ud83d\ude00")") == "A\u00e9\u20ac\U0001F600");
    CHECK(*parse_json(R"({"\u0061":1})") == *parse_json(R"({"a":1})"));
}

TEST_CASE("what is accepted and refused is what Boost.JSON accepts and refuses")
{
    for (std::string_view const text : {"",
                                        " ",
                                        "null",
                                        " true ",
                                        "tru",
                                        "falsex",
                                        "nul",
                                        "{}",
                                        "[]",
                                        "[1,]",
                                        "[,1]",
                                        "[1 2]",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{\"a\":1,}",
                                        "{a:1}",
                                        "{\"a\":1 \"b\":2}",
                                        "{,}",
                                        "]",
                                        "}",
                                        "[",
                                        "{",
                                        "[1",
                                        "{\"a\":1",
                                        "\"",
                                        "\"a",
                                        "\"\\\"",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "\"\\ud800\"",
                                        "\"\\ud800\\u0041\"",
                                        "\"\\udc00\"",
                                        "\"\t\"",
                                        "\"\x7f\"",
                                        "01",
                                        "-",
                                        "-0",
                                        "-01",
                                        "1.",
                                        ".1",
                                        "1.e1",
                                        "1e",
                                        "1e+",
                                        "1e+5",
                                        "0e0",
                                        "1.5E-3",
                                        "+1",
                                        "0x10",
                                        "NaN",
                                        "Infinity",
                                        "1 2",
                                        "[1]x",
                                        "\xEF\xBB\xBF{}",
                                        "\"\xC0\x80\"",
                                        "\"\xED\xA0\x80\"",
                                        "\"\xF5\x80\x80\x80\"",
                                        "\"\xE2\x82\"",
                                        "\"\xF0\x9F\x98\x80\"",
                                        "// c\n1",
                                        "'a'",
                                        "[1]\n\t\r ",
                                        "\v1"}) {
        boost::json::error_code refused;
        auto const expected = boost::json::parse(text, refused);
        auto const read = parse_json(text);
        CAPTURE(text);
        CHECK(read.has_value() == !refused);
        if (read && !refused)
            CHECK(*read == expected);
    }
}

TEST_CASE("damaged texts are accepted or refused as Boost.JSON does")
{
    std::string const whole =
        R"({"a":[1,-2e3,true,null,"x\n\u00e9"],"b":{"c":{},"d":[[]]},"\u0062":"é"})";
    constexpr std::string_view pieces = "{}[]:,\"\\u0d8e-+.1tfn \x80\xC3";
    std::mt19937 random{7};
    int accepted = 0;
    for (int i = 0; i != 20'000; ++i) {
        auto text = whole;
        for (auto slips = random() % 2 + 1; slips != 0; --slips)
            text[random() % text.size()] = pieces[random() % pieces.size()];
        boost::json::error_code refused;
        boost::json::parse(text, refused);
        auto const read = parse_json(text);
        CAPTURE(text);
        REQUIRE(read.has_value() == !refused);
        accepted += read.has_value() ? 1 : 0;
    }
    CHECK(accepted > 100);
}

TEST_CASE("an error names line, column and path")
{
    auto const refused = parse_json("{\n  \"spec\": {\n    \"ports\": [80, x]\n  }\n}");
    REQUIRE(refused.has_error());
    CHECK(refused.error().is(errc::invalid));
    CHECK(refused.error().path == "spec.ports[1]");
    CHECK(refused.error().message == "expected a value at line 3, column 19");
}

TEST_CASE("the last of duplicate members counts")
{
    CHECK(*parse_json(R"({"a":{"x":1},"a":2})") == *parse_json(R"({"a":2})"));
}

TEST_CASE("duplicate members are refused when members have to be unique")
{
    auto const refused =
        parse_json(R"({"spec":{"a":1,"b":[{"c":1,"\u0063":2}]}})", {.unique_members = true});
    REQUIRE(refused.has_error());
    CHECK(refused.error().path == "spec.b[0].c");
    CHECK(refused.error().message == "duplicate member \"c\" at line 1, column 28");
    CHECK(parse_json(R"({"a":{"b":1},"b":{"a":1}})", {.unique_members = true}).has_value());
}

TEST_CASE("nesting beyond the limit is refused")
{
    CHECK(parse_json(nested_arrays(64)).has_value());
    CHECK(parse_json(nested_arrays(65)).error().message.starts_with("nested too deeply"));
    CHECK(parse_json("[[],[],{}]", {.depth_max = 2}).has_value());
    CHECK(parse_json("[[[]]]", {.depth_max = 2}).has_error());
    CHECK(parse_json(nested_arrays(100'000), {.depth_max = 1'000'000}).has_error());
}

TEST_CASE("a text beyond the size limit is refused before it is read")
{
    CHECK(parse_json("[1,2]", {.size_max = 5}).has_value());
    CHECK(parse_json("[1,2]", {.size_max = 4}).error().is(errc::too_large));
    CHECK(parse_json(std::string((std::size_t{3} << 20) + 1, ' ')).error().is(errc::too_large));
}

TEST_CASE("a byte that ends no text is not an end")
{
    CHECK(parse_json(std::string_view{"1\0", 2}).has_error());
    CHECK(parse_json(std::string_view{"[1\0]", 4}).has_error());
    CHECK(parse_json(std::string_view{"\0", 1}).has_error());
}

} // namespace
