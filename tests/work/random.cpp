// SPDX-License-Identifier: BSL-1.0
#include <converge/work/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <set>

using converge::random_bits;

TEST_CASE("a seed fixes the numbers for ever")
{
    random_bits chance{42};
    CHECK(chance.next() == 0x15780b2e0c2ec716u);
    CHECK(chance.next() == 0x6104d9866d113a7eu);
    random_bits same{42};
    CHECK(same.next() == 0x15780b2e0c2ec716u);
}

TEST_CASE("neighbouring seeds, and zero, give different streams")
{
    std::set<std::uint64_t> firsts;
    for (std::uint64_t seed = 0; seed < 1000; ++seed)
        firsts.insert(random_bits{seed}.next());
    CHECK(firsts.size() == 1000);
    CHECK_FALSE(firsts.contains(0));
}

TEST_CASE("a copy continues as the original does")
{
    random_bits chance{1};
    (void)chance.next();
    random_bits copy{chance};
    CHECK(copy == chance);
    CHECK(copy.next() == chance.next());
}

TEST_CASE("uniform reaches every value below its bound about equally often, and no other")
{
    random_bits chance{3};
    std::array<int, 6> seen{};
    for (int draw = 0; draw < 60'000; ++draw)
        ++seen.at(chance.uniform(6));
    for (int count : seen) {
        CHECK(count > 9'500);
        CHECK(count < 10'500);
    }
    CHECK(chance.uniform(1) == 0);
    CHECK(chance.uniform(0) == 0);
}

TEST_CASE("uniform has no bias for a bound near the word size")
{
    random_bits chance{4};
    auto const bound = std::uint64_t{3} << 62;
    int upper = 0;
    for (int draw = 0; draw < 30'000; ++draw)
        upper += chance.uniform(bound) >= bound / 3 ? 1 : 0;
    CHECK(upper > 19'500);
    CHECK(upper < 20'500);
}

TEST_CASE("unit stays in [0, 1) and has its mean in the middle")
{
    random_bits chance{5};
    double sum = 0;
    for (int draw = 0; draw < 100'000; ++draw) {
        auto const drawn = chance.unit();
        REQUIRE(drawn >= 0.0);
        REQUIRE(drawn < 1.0);
        sum += drawn;
    }
    CHECK(sum / 100'000 == doctest::Approx(0.5).epsilon(0.01));
}
