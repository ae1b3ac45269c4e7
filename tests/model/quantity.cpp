// SPDX-License-Identifier: BSL-1.0
#include <converge/model/quantity.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using converge::quantity;
using converge::quantity_format;

namespace {

quantity read(std::string_view text) { return quantity::parse(text).value(); }

/// SplitMix64: the same values on every machine.
class seeded {
public:
    explicit seeded(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next()
    {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

private:
    std::uint64_t state_;
};

/// A valid text of any shape: sign, fraction, every suffix, exponents; small enough to be in
/// range with every suffix.
std::string random_text(seeded& chance)
{
    static constexpr std::array<std::string_view, 21> suffixes{
        "",   "n",  "u",  "m",  "k",  "M",  "G",  "T",   "P",   "E",  "Ki",
        "Mi", "Gi", "Ti", "Pi", "Ei", "e0", "e3", "E-6", "e+9", "E12"};
    auto const suffix = suffixes[chance.below(suffixes.size())];
    bool const large = suffix == "E" || suffix == "Ei";
    std::string text = chance.below(3) == 0 ? "-" : chance.below(5) == 0 ? "+" : "";
    text += std::to_string(chance.below(large ? 7 : 8000));
    if (chance.below(2) == 0)
        text += "." + std::to_string(chance.below(1'000'000));
    return text.append(suffix);
}

} // namespace

TEST_CASE("a quantity prints in its canonical form, in the family it was written in")
{
    std::vector<std::pair<std::string_view, std::string_view>> const table{{"0", "0"},
                                                                           {"-0", "0"},
                                                                           {"0Gi", "0"},
                                                                           {"0e5", "0"},
                                                                           {"1", "1"},
                                                                           {"+1", "1"},
                                                                           {"-1", "-1"},
                                                                           {"1000m", "1"},
                                                                           {"0.5", "500m"},
                                                                           {".5", "500m"},
                                                                           {"5.", "5"},
                                                                           {"1.5", "1500m"},
                                                                           {"1500", "1500"},
                                                                           {"1000", "1k"},
                                                                           {"100k", "100k"},
                                                                           {"1000k", "1M"},
                                                                           {"1E", "1E"},
                                                                           {"1000P", "1E"},
                                                                           {"0.001", "1m"},
                                                                           {"1000n", "1u"},
                                                                           {"1001n", "1001n"},
                                                                           {"1024Mi", "1Gi"},
                                                                           {"1.5Gi", "1536Mi"},
                                                                           {"0.5Mi", "512Ki"},
                                                                           {"1Ki", "1Ki"},
                                                                           {"1000Ki", "1000Ki"},
                                                                           {"0.5Ki", "512"},
                                                                           {"1.1Ki", "1126400m"},
                                                                           {"-2048Ki", "-2Mi"},
                                                                           {"1025Ki", "1025Ki"},
                                                                           {"7Ei", "7Ei"},
                                                                           {"2e3", "2e3"},
                                                                           {"2E3", "2e3"},
                                                                           {"20e3", "20e3"},
                                                                           {"2e4", "20e3"},
                                                                           {"1e-3", "1e-3"},
                                                                           {"1e-1", "100e-3"},
                                                                           {"1e0", "1"},
                                                                           {"-3e+6", "-3e6"},
                                                                           {"000012", "12"},
                                                                           {"0000.0005k", "500m"}};
    for (auto const& [text, canonical] : table) {
        CAPTURE(text);
        CHECK(read(text).str() == canonical);
    }
}

TEST_CASE("quantities compare by value whatever their format")
{
    CHECK(read("500m") == read("0.5"));
    CHECK(read("1Ki") == read("1024"));
    CHECK(read("1Gi") == read("1.073741824G"));
    CHECK(read("1e3") == read("1k"));
    CHECK(read("999m") < read("1"));
    CHECK(read("1M") < read("1Mi"));
    CHECK(read("-1") < read("-999m"));
    CHECK(read("1001n") != read("1u"));
}

TEST_CASE("texts that are no quantities are refused by name and with an example")
{
    for (std::string_view const text :
         {"",   "-",   ".",    "m",     "Gi",  "1 ",   " 1",  "1GB", "1K",    "1ki",
          "1e", "1e+", "1e3m", "1.2.3", "--1", "0x10", "1,5", "NaN", "1e3.5", "1_000"}) {
        CAPTURE(text);
        auto const parsed = quantity::parse(text);
        REQUIRE(!parsed);
        CHECK(parsed.error().is(converge::errc::invalid));
        CHECK(parsed.error().message.find('"' + std::string{text} + '"') == 0);
        CHECK(parsed.error().message.find("as in 500m") != std::string::npos);
    }
    CHECK(quantity::parse("1GB").error().message.find("the suffix \"GB\"") != std::string::npos);
}

TEST_CASE("quantities reach to the ends of 64-bit integers and no further")
{
    CHECK(read("9223372036854775807").value() == std::numeric_limits<std::int64_t>::max());
    CHECK(read("-9223372036854775808").value() == std::numeric_limits<std::int64_t>::min());
    CHECK(read("9223372036854775807").str() == "9223372036854775807");
    CHECK(read("-8Ei").str() == "-8Ei");
    for (std::string_view const text :
         {"9223372036854775808", "9223372036854775807.000000001", "-9223372036854775809", "8Ei",
          "10E", "1e19", "1e999999999999", "-16Ei",
          "99999999999999999999999999999999999999999Ei"}) {
        CAPTURE(text);
        auto const parsed = quantity::parse(text);
        REQUIRE(!parsed);
        CHECK(parsed.error().message.find("range") != std::string::npos);
    }
}

TEST_CASE("parts of a billionth are rounded away from zero")
{
    CHECK(read("0.0000000001") == read("1n"));
    CHECK(read("-0.1n") == read("-1n"));
    CHECK(read("1.1n") == read("2n"));
    CHECK(read("1e-999999999999") == read("1n"));
    CHECK(read("0.00000000000000000000001Ei") == read("11530n"));
    CHECK(read("0.0e-999999999999").is_zero());
    CHECK(read("1.000000000000000000000000000000000000000") == read("1"));
}

TEST_CASE("a quantity that is printed and read again is the same quantity")
{
    seeded chance{20240517};
    for (int i = 0; i < 20'000; ++i) {
        auto const text = random_text(chance);
        CAPTURE(text);
        auto const once = read(text);
        auto const printed = once.str();
        auto const again = read(printed);
        CHECK(again == once);
        CHECK(printed.find('.') == std::string::npos);
        CHECK(again.str() == printed);
    }
}

TEST_CASE("sums and differences are exact")
{
    seeded chance{7};
    for (int i = 0; i < 5'000; ++i) {
        auto const left = static_cast<std::int64_t>(chance.below(1u << 31)) - (1 << 30);
        auto const right = static_cast<std::int64_t>(chance.below(1u << 31)) - (1 << 30);
        CAPTURE(left);
        CAPTURE(right);
        CHECK((quantity::of_milli(left) + quantity::of_milli(right)).milli() == left + right);
        CHECK((quantity::of_milli(left) - quantity::of_milli(right)).milli() == left - right);
        CHECK((quantity::of(left) <=> quantity::of(right)) == (left <=> right));
    }
    auto sum = read("100m");
    sum += read("0.2");
    CHECK(sum == read("300m"));
    sum -= read("300m");
    CHECK(sum.is_zero());
    CHECK(-read("5Gi") == read("-5Gi"));
}

TEST_CASE("sums stop at the end of the range instead of wrapping round")
{
    auto const most = quantity::of(std::numeric_limits<std::int64_t>::max());
    auto const least = quantity::of(std::numeric_limits<std::int64_t>::min());
    CHECK(most + read("1n") == most);
    CHECK(most + most == most);
    CHECK(least - most == least);
    CHECK(-least == most);
}

TEST_CASE("a sum keeps the format of its left side unless that is zero")
{
    CHECK((read("1Gi") + read("1024M")).format() == quantity_format::binary_si);
    CHECK((read("1") + read("1023Ki")).str() == "1047553");
    CHECK((quantity{} + read("4Gi")).str() == "4Gi");
    CHECK((quantity{} - read("4Gi")).str() == "-4Gi");
}

TEST_CASE("whole and thousandth values are rounded away from zero")
{
    CHECK(read("1500m").value() == 2);
    CHECK(read("-1500m").value() == -2);
    CHECK(read("1n").value() == 1);
    CHECK(read("1n").milli() == 1);
    CHECK(read("2").milli() == 2000);
    CHECK(read("1001u").milli() == 2);
    CHECK(read("9E").milli() == std::numeric_limits<std::int64_t>::max());
    CHECK(read("-9E").milli() == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("factories give the formats in which their amounts are usually written")
{
    CHECK(quantity::of_milli(250).str() == "250m");
    CHECK(quantity::of(3000).str() == "3k");
    CHECK(quantity::bytes(std::int64_t{4} << 30).str() == "4Gi");
    static_assert(quantity::of(2) == quantity::of_milli(2000));
    CHECK(quantity{}.is_zero());
    CHECK(quantity{}.sign() == 0);
    CHECK(quantity::of(-2).sign() == -1);
    CHECK(quantity::of_milli(1).sign() == 1);
}
