// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/json_traits.hpp>

#include <converge/codec/decode.hpp>
#include <converge/codec/encode.hpp>
#include <converge/codec/parse_json.hpp>

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using converge::decode;
using converge::decode_text;
using converge::encode;

/// A type with a form of its own.
struct colour {
    std::uint8_t red = 0;
};

} // namespace

template <>
struct converge::json_traits<colour> {
    static boost::json::value encode(colour const& from) { return {"red", from.red}; }
    static bool decode(boost::json::value const& from, colour& to, decode_context& context)
    {
        auto const* pair = from.if_array();
        if (pair == nullptr || pair->size() != 2)
            return context.refuse(from, "a colour ([\"red\", 255])");
        context.enter_element(1);
        if (!json_traits<std::uint8_t>::decode((*pair)[1], to.red, context))
            return false;
        context.leave();
        return true;
    }
};

namespace {

template <class T>
void check_range(std::string_view min, std::string_view below, std::string_view max,
                 std::string_view above)
{
    CHECK(decode_text<T>(min).value() == std::numeric_limits<T>::min());
    CHECK(decode_text<T>(max).value() == std::numeric_limits<T>::max());
    CHECK(decode_text<T>(below).has_error());
    CHECK(decode_text<T>(above).has_error());
    CHECK(decode<T>(encode(std::numeric_limits<T>::min())).value() ==
          std::numeric_limits<T>::min());
    CHECK(decode<T>(encode(std::numeric_limits<T>::max())).value() ==
          std::numeric_limits<T>::max());
}

TEST_CASE("integers are exact and checked against the range of their type")
{
    check_range<std::int8_t>("-128", "-129", "127", "128");
    check_range<std::uint8_t>("0", "-1", "255", "256");
    check_range<std::int16_t>("-32768", "-32769", "32767", "32768");
    check_range<std::int32_t>("-2147483648", "-2147483649", "2147483647", "2147483648");
    check_range<std::uint32_t>("0", "-1", "4294967295", "4294967296");
    check_range<std::int64_t>("-9223372036854775808", "-9223372036854775809", "9223372036854775807",
                              "9223372036854775808");
    check_range<std::uint64_t>("0", "-1", "18446744073709551615", "18446744073709551616");
    check_range<unsigned long long>("0", "-1", "18446744073709551615", "18446744073709551616");
}

TEST_CASE("a double is read as an integer only if it is exactly one")
{
    CHECK(decode_text<int>("3.0").value() == 3);
    CHECK(decode_text<int>("-2e3").value() == -2000);
    CHECK(decode_text<std::int64_t>("9007199254740992.0").value() == 9007199254740992);
    CHECK(decode_text<int>("3.5").has_error());
    CHECK(decode_text<std::int64_t>("9007199254740994.0").has_error());
    CHECK(decode_text<std::uint64_t>("-1.0").has_error());
    CHECK(decode<int>(boost::json::value(std::nan(""))).has_error());
    CHECK(decode<int>(boost::json::value(std::numeric_limits<double>::infinity())).has_error());
}

TEST_CASE("an integer out of range is refused with its value and the range")
{
    CHECK(decode_text<std::uint8_t>("300").error().message ==
          "expected an integer from 0 to 255, got 300");
    CHECK(decode_text<int>("\"3\"").error().message ==
          "expected an integer from -2147483648 to 2147483647, got \"3\"");
}

TEST_CASE("unsigned integers are encoded as a parser would read them")
{
    CHECK(encode(std::uint64_t{7}).is_int64());
    CHECK(encode(std::numeric_limits<std::uint64_t>::max()).is_uint64());
}

TEST_CASE("doubles keep their value, through text too")
{
    for (double const value : {0.1, -0.0, 1e300, 5e-324, 3.0, 123456789.123456789}) {
        auto const text = boost::json::serialize(encode(value));
        CAPTURE(text);
        CHECK(decode_text<double>(text).value() == value);
    }
    CHECK(decode_text<double>("7").value() == 7.0);
    CHECK(decode_text<double>("18446744073709551615").value() == 18446744073709551616.0);
    CHECK(decode_text<double>("true").has_error());
}

TEST_CASE("what JSON cannot say of a double is null")
{
    CHECK(encode(std::nan("")).is_null());
    CHECK(encode(-std::numeric_limits<double>::infinity()).is_null());
}

TEST_CASE("a null that can be no missing member is read as not-a-number")
{
    auto const read =
        decode<std::vector<double>>(encode(std::vector<double>{1.5, std::nan(""), 2.5})).value();
    REQUIRE(read.size() == 3);
    CHECK(read[0] == 1.5);
    CHECK(std::isnan(read[1]));
    CHECK(read[2] == 2.5);
    CHECK(std::isnan(decode_text<double>("null").value()));
    using loads = std::map<std::string, double>;
    CHECK(decode<loads>(encode(loads{{"a", 1.5}, {"b", std::nan("")}})).value() ==
          loads{{"a", 1.5}});
}

TEST_CASE("values of another JSON type are refused, not converted")
{
    CHECK(decode_text<bool>("1").error().message == "expected true or false, got 1");
    CHECK(decode_text<std::string>("1").error().message == "expected a string, got 1");
    CHECK(decode_text<std::vector<int>>("{}").error().message ==
          "expected an array, got an object with 0 members");
    CHECK(decode_text<std::map<std::string, int>>("[1]").error().message ==
          "expected an object, got an array of 1");
    CHECK(decode_text<int>("null").error().message ==
          "expected an integer from -2147483648 to 2147483647, got null");
}

TEST_CASE("strings keep every byte")
{
    std::string const text{"a\0b\"\\\n\xC3\xA9", 8};
    CHECK(decode<std::string>(encode(text)).value() == text);
    CHECK(decode_text<std::string>(boost::json::serialize(encode(text))).value() == text);
}

TEST_CASE("a long value is shortened in the message")
{
    auto const refused = decode<int>(boost::json::value(std::string(5000, 'x')));
    CHECK(refused.error().message.size() < 150);
    CHECK(refused.error().message.ends_with("xxx..."));
}

TEST_CASE("vectors, maps and optionals nest")
{
    using table = std::map<std::string, std::vector<std::optional<int>>>;
    table const value{{"a", {1, std::nullopt, 3}}, {"b", {}}};
    CHECK(boost::json::serialize(encode(value)) == R"({"a":[1,null,3],"b":[]})");
    CHECK(decode<table>(encode(value)).value() == value);
    CHECK(decode_text<std::vector<bool>>("[true,false]").value() == std::vector<bool>{true, false});
}

TEST_CASE("a refused element or entry is named by its path")
{
    using table = std::map<std::string, std::vector<int>>;
    CHECK(decode_text<table>(R"({"a":[1],"b":[2,"x"]})").error().path == "b[1]");
    CHECK(decode_text<table>(R"({"a.b/c":[true]})").error().path == "[\"a.b/c\"][0]");
    CHECK(decode_text<std::vector<int>>("[1,null]").error().path == "[1]");
}

TEST_CASE("a null in a map is a missing entry")
{
    using table = std::map<std::string, int>;
    CHECK(decode_text<table>(R"({"a":1,"b":null})").value() == table{{"a", 1}});
}

TEST_CASE("free-form JSON stays as it is")
{
    auto const value = converge::parse_json(R"({"a":[1,2.5,{"b":null}],"c":"x"})").value();
    CHECK(encode(value) == value);
    CHECK(decode<boost::json::value>(value).value() == value);
    CHECK(decode<boost::json::value>(nullptr).value().is_null());
}

TEST_CASE("a type can have a form of its own, with paths inside it")
{
    CHECK(boost::json::serialize(encode(colour{7})) == R"(["red",7])");
    CHECK(decode_text<std::vector<colour>>(R"([["red",9]])").value().front().red == 9);
    auto const refused = decode_text<std::vector<colour>>(R"([["red",9],["red",256]])");
    CHECK(refused.error().path == "[1][1]");
    CHECK(decode_text<colour>("7").error().message == "expected a colour ([\"red\", 255]), got 7");
}

static_assert(converge::encodable<std::vector<std::optional<std::string>>>);
static_assert(!converge::encodable<char>, "a char is neither a number nor a string");
static_assert(!converge::encodable<void*>);

} // namespace
