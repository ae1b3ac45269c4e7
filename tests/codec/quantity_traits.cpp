// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/quantity_traits.hpp>

#include <converge/codec/decode.hpp>
#include <converge/codec/encode.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace {

using converge::decode_text;
using converge::encode;
using converge::quantity;

TEST_CASE("a quantity is a string in canonical form")
{
    CHECK(encode(quantity::parse("0.5").value()) == "500m");
    CHECK(encode(quantity::parse("1024Mi").value()) == "1Gi");
    CHECK(decode_text<quantity>("\"4Gi\"").value() == quantity::parse("4Gi").value());
}

TEST_CASE("a JSON number is read as a quantity")
{
    CHECK(decode_text<quantity>("2").value() == quantity::parse("2").value());
    CHECK(decode_text<quantity>("0.25").value() == quantity::parse("250m").value());
    CHECK(decode_text<quantity>("1.5e3").value() == quantity::parse("1500").value());
}

TEST_CASE("a JSON number is a quantity in the plain form, however it is written")
{
    CHECK(decode_text<quantity>("0.5").value().str() == "500m");
    CHECK(decode_text<quantity>("5E-1").value().str() == "500m");
    CHECK(decode_text<quantity>("0.1").value().str() == "100m");
    CHECK(decode_text<quantity>("-0.25").value().str() == "-250m");
    CHECK(decode_text<quantity>("2").value().str() == "2");
    CHECK(decode_text<quantity>("2.0").value().str() == "2");
    CHECK(decode_text<quantity>("1.5e3").value().str() == "1500");
    CHECK(decode_text<quantity>("1e9").value().str() == "1G");
    CHECK(decode_text<quantity>("-9223372036854775808").has_value() ==
          quantity::parse("-9223372036854775808").has_value());
    CHECK(decode_text<quantity>("18446744073709551615").has_value() ==
          quantity::parse("18446744073709551615").has_value());
    CHECK(decode_text<quantity>("1.7976931348623157e308").has_value() ==
          quantity::parse("1.7976931348623157e308").has_value());
    CHECK(decode_text<quantity>("2.2250738585072014e-308").has_value() ==
          quantity::parse("2.2250738585072014e-308").has_value());
    auto const infinite = std::numeric_limits<double>::infinity();
    CHECK(converge::decode<quantity>(infinite).has_error());
    CHECK(converge::decode<quantity>(std::nan("")).has_error());
}

TEST_CASE("what is no quantity is refused with its path")
{
    using resources = std::map<std::string, quantity>;
    auto const refused = decode_text<resources>(R"({"cpu":"100m","memory":"4 GB"})");
    REQUIRE(refused.has_error());
    CHECK(refused.error().path == "memory");
    CHECK(refused.error().message.find("4 GB") != std::string::npos);
    CHECK(decode_text<quantity>("true").error().message ==
          "expected a quantity (\"500m\", \"4Gi\"), got true");
}

} // namespace
