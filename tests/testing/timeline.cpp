// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/timeline.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>

using namespace std::chrono_literals;
using converge::instant;
using converge::testing::timeline;

namespace {

std::size_t longest_line(std::string const& text)
{
    std::istringstream lines{text};
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line);)
        longest = std::max(longest, line.size());
    return longest;
}

} // namespace

TEST_CASE("a timeline has one line an entry, in columns")
{
    timeline told;
    told.add(instant{0s}, 1, "user", "creates Site default/a");
    told.add(instant{1234567us}, 42, "controllers", "creates Page default/a-0 at 3");
    told.add(instant{3s + 5ms}, 1042, "fault", "crash at \"controllers\" #0 (17)");
    CHECK(told.str() == "0.000s    #1  user         creates Site default/a\n"
                        "1.234s   #42  controllers  creates Page default/a-0 at 3\n"
                        "3.005s #1042  fault        crash at \"controllers\" #0 (17)\n");
    std::ostringstream out;
    out << told;
    CHECK(out.str() == told.str());
}

TEST_CASE("an empty timeline is an empty text") { CHECK(timeline{}.str().empty()); }

TEST_CASE("five seconds without an entry are told, less are not")
{
    timeline told;
    told.add(instant{1s}, 1, "a", "x");
    told.add(instant{5999ms}, 2, "a", "y");
    told.add(instant{10999ms}, 3, "a", "z");
    told.add(instant{2h}, 4, "a", "w");
    CHECK(told.str() == "   1.000s #1  a  x\n"
                        "   5.999s #2  a  y\n"
                        "......... 5.000s pass\n"
                        "  10.999s #3  a  z\n"
                        "......... 7189.001s pass\n"
                        "7200.000s #4  a  w\n");
}

TEST_CASE("entries that repeat the one before are counted, with the time of the last")
{
    timeline told;
    told.add(instant{1s}, 1, "a", "looks");
    told.add(instant{9s}, 2, "a", "looks");
    told.add(instant{10s}, 3, "a", "looks");
    told.add(instant{11s}, 4, "b", "looks");
    told.add(instant{12s}, 5, "b", "sees");
    told.add(instant{12s}, 6, "b", "looks");
    CHECK(told.str() == " 1.000s #1  a  looks (3 times, until 10.000s)\n"
                        "11.000s #4  b  looks\n"
                        "12.000s #5  b  sees\n"
                        "12.000s #6  b  looks\n");
}

TEST_CASE("the pause after repeated entries begins with the last of them")
{
    timeline told;
    told.add(instant{1s}, 1, "a", "looks");
    told.add(instant{9s}, 2, "a", "looks");
    told.add(instant{10s}, 3, "b", "sees");
    CHECK(told.str().find("pass") == std::string::npos);
}

TEST_CASE("no line is longer than 160 bytes, and none is two")
{
    timeline told;
    told.add(instant{1s}, 1, std::string(500, 'w'), "first\nsecond\tthird\r");
    for (std::size_t size = 150; size != 170; ++size) {
        told.add(instant{1s}, 2, "a", std::string(size, 'x'));
        told.add(instant{1s}, 2, "a", std::string(size, 'x'));
        std::string umlauts;
        while (umlauts.size() < size)
            umlauts += "ü";
        told.add(instant{1s}, 2, "a", umlauts);
    }
    auto const text = told.str();
    CHECK(std::ranges::count(text, '\n') == 1 + 20 * 2);
    CHECK(longest_line(text) <= 160);
    CHECK(longest_line(text) > 150);
    CHECK(text.find("(2 times, until 1.000s)") != std::string::npos);
    CHECK(text.find("www...") != std::string::npos);
    CHECK(text.find("first second third") != std::string::npos);
    // No character is cut in two.
    CHECK(text.find("\xc3...") == std::string::npos);
}
