// SPDX-License-Identifier: BSL-1.0
#include <converge/work/token_bucket.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <limits>

using namespace std::chrono_literals;
using converge::duration;
using converge::instant;
using converge::token_bucket;

namespace {

instant at(duration since_start) { return instant{since_start}; }

} // namespace

TEST_CASE("a full bucket allows a burst, then one use per interval")
{
    token_bucket bucket{10, 3};
    for (int use = 0; use < 3; ++use)
        CHECK(bucket.take(at(0s)) == 0s);
    CHECK(bucket.take(at(0s)) == 100ms);
    CHECK(bucket.take(at(99ms)) == 1ms);
    CHECK(bucket.take(at(100ms)) == 0s);
    CHECK(bucket.take(at(100ms)) == 100ms);
}

TEST_CASE("take reserves nothing: refused uses do not lengthen the wait")
{
    token_bucket bucket{10, 1};
    CHECK(bucket.take(at(0s)) == 0s);
    for (int refused = 0; refused < 5; ++refused)
        CHECK(bucket.take(at(10ms)) == 90ms);
}

TEST_CASE("reserve hands out consecutive times")
{
    token_bucket bucket{10, 2};
    CHECK(bucket.reserve(at(0s)) == 0s);
    CHECK(bucket.reserve(at(0s)) == 0s);
    CHECK(bucket.reserve(at(0s)) == 100ms);
    CHECK(bucket.reserve(at(50ms)) == 150ms);
    CHECK(bucket.take(at(100ms)) == 200ms);
}

TEST_CASE("an idle bucket fills to its burst and no further")
{
    token_bucket bucket{1, 2};
    CHECK(bucket.take(at(1000h)) == 0s);
    CHECK(bucket.take(at(2000h)) == 0s);
    CHECK(bucket.take(at(2000h)) == 0s);
    CHECK(bucket.take(at(2000h)) == 1s);
}

TEST_CASE("a rate that is no number allows almost nothing, not everything")
{
    token_bucket bucket{std::numeric_limits<double>::quiet_NaN(), 1};
    CHECK(bucket.take(at(0s)) == 0s);
    CHECK(bucket.take(at(1h)) > 24h);
}

TEST_CASE("a rate or burst of zero still allows one use, and then almost none")
{
    token_bucket bucket{0, 0};
    CHECK(bucket.take(at(0s)) == 0s);
    CHECK(bucket.take(at(1h)) > 24h);
}

TEST_CASE("reservations without end do not overflow")
{
    token_bucket bucket{0, 1};
    duration last{};
    for (int use = 0; use < 1000; ++use) {
        auto const wait = bucket.reserve(at(0s));
        REQUIRE(wait >= last);
        last = wait;
    }
}
