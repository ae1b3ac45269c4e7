// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/core_traits.hpp>

#include <converge/codec/decode.hpp>
#include <converge/codec/encode.hpp>

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;
using converge::decode;
using converge::encode;
using converge::revision;
using converge::timestamp;
using converge::uid;

timestamp at(std::chrono::year_month_day day, std::chrono::microseconds time)
{
    return std::chrono::sys_days{day} + time;
}

converge::result<timestamp> read(std::string_view text)
{
    return decode<timestamp>(boost::json::string{text});
}

TEST_CASE("a uid is a string")
{
    CHECK(encode(uid{"b7f1"}) == "b7f1");
    CHECK(decode<uid>("b7f1").value() == uid{"b7f1"});
    CHECK(decode<uid>(7).has_error());
}

TEST_CASE("a revision is a string of digits, and empty means zero")
{
    CHECK(encode(revision{18446744073709551615u}) == "18446744073709551615");
    CHECK(decode<revision>("18446744073709551615").value() == revision{18446744073709551615u});
    CHECK(decode<revision>("").value() == revision{});
    CHECK(decode<revision>("0").value() == revision{});
    for (boost::json::value const& wrong : std::initializer_list<boost::json::value>{
             "x", "12x", "-1", "+1", " 1", "18446744073709551616", 12, nullptr}) {
        CAPTURE(wrong);
        CHECK(decode<revision>(wrong).has_error());
    }
}

TEST_CASE("a time is written in UTC, with six digits of fraction only if it has one")
{
    CHECK(encode(timestamp{}) == "1970-01-01T00:00:00Z");
    CHECK(encode(at(2024y / 5 / 1, 8h + 30min + 9s)) == "2024-05-01T08:30:09Z");
    CHECK(encode(at(2024y / 5 / 1, 1us)) == "2024-05-01T00:00:00.000001Z");
    CHECK(encode(at(2024y / 5 / 1, 500ms)) == "2024-05-01T00:00:00.500000Z");
    CHECK(encode(timestamp{-1us}) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("a time is read with any offset and any number of fraction digits")
{
    auto const noon = at(2024y / 2 / 29, 12h);
    CHECK(read("2024-02-29T12:00:00Z").value() == noon);
    CHECK(read("2024-02-29t12:00:00z").value() == noon);
    CHECK(read("2024-02-29T14:30:00+02:30").value() == noon);
    CHECK(read("2024-02-28T23:00:00-13:00").value() == noon);
    CHECK(read("2024-02-29T12:00:00.5Z").value() == noon + 500ms);
    CHECK(read("2024-02-29T12:00:00.123456Z").value() == noon + 123456us);
    CHECK(read("2024-02-29T12:00:00.123456789+00:00").value() == noon + 123456us);
    CHECK(read("0000-01-01T01:00:00+01:00").value() == at(0y / 1 / 1, 0us));
    CHECK(read("9999-12-31T22:59:59-01:00").value() == at(9999y / 12 / 31, 24h - 1s));
}

TEST_CASE("text that is no time is refused")
{
    for (std::string_view const text : {"",
                                        "now",
                                        "2024-02-29",
                                        "2024-02-29T12:00:00",
                                        "2024-02-29 12:00:00Z",
                                        "2023-02-29T12:00:00Z",
                                        "2024-13-01T00:00:00Z",
                                        "2024-00-01T00:00:00Z",
                                        "2024-01-32T00:00:00Z",
                                        "2024-01-00T00:00:00Z",
                                        "2024-02-29T24:00:00Z",
                                        "2024-02-29T12:60:00Z",
                                        "2024-02-29T12:00:60Z",
                                        "2024-02-29T12:00:00.Z",
                                        "2024-02-29T12:00:00+24:00",
                                        "2024-02-29T12:00:00+0200",
                                        "2024-02-29T12:00:00Zx",
                                        "24-02-29T12:00:00Z",
                                        "2024-2-9T12:00:00Z",
                                        "+024-02-29T12:00:00Z",
                                        "0000-01-01T00:59:59+01:00",
                                        "9999-12-31T23:00:00-01:00"}) {
        CAPTURE(text);
        auto const refused = read(text);
        REQUIRE(refused.has_error());
        CHECK(refused.error().message.starts_with("expected an RFC 3339 time"));
    }
    CHECK(decode<timestamp>(1714552200).has_error());
}

TEST_CASE("every time of the years 0 to 9999 is read back exactly")
{
    auto const first = at(0y / 1 / 1, 0us);
    auto const last = at(9999y / 12 / 31, 24h - 1us);
    CHECK(decode<timestamp>(encode(first)).value() == first);
    CHECK(decode<timestamp>(encode(last)).value() == last);
    std::mt19937_64 random{3};
    auto const span = static_cast<std::uint64_t>((last - first).count());
    for (int i = 0; i != 5000; ++i) {
        auto const time = first + std::chrono::microseconds{random() % span};
        REQUIRE(decode<timestamp>(encode(time)).value() == time);
    }
}

} // namespace
