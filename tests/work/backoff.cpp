// SPDX-License-Identifier: BSL-1.0
#include <converge/work/backoff.hpp>

#include <converge/work/random.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <type_traits>

using namespace std::chrono_literals;
using converge::backoff_policy;
using converge::duration;

static_assert(!std::is_aggregate_v<backoff_policy>);

TEST_CASE("the delay grows by the factor with each attempt, up to the maximum")
{
    backoff_policy const policy{10ms, 1s, 2.0, 0.0};
    CHECK(policy.delay(0, 0.5) == 10ms);
    CHECK(policy.delay(1, 0.5) == 20ms);
    CHECK(policy.delay(6, 0.5) == 640ms);
    CHECK(policy.delay(7, 0.5) == 1s);
    CHECK(policy.delay(1000, 0.5) == 1s);
}

TEST_CASE("jitter only shortens a delay, by up to its share")
{
    backoff_policy const policy{1s, 1h, 2.0, 0.25};
    CHECK(policy.delay(0, 0.0) == 1s);
    CHECK(policy.delay(0, 0.5) == 875ms);
    CHECK(policy.delay(1, 0.5) == 1750ms);
    converge::random_bits chance{7};
    for (int draw = 0; draw < 1000; ++draw) {
        auto const delay = policy.delay(3, chance.unit());
        CHECK(delay <= 8s);
        CHECK(delay > 6s);
    }
}

TEST_CASE("no attempt, factor or limit makes a delay overflow or go below zero")
{
    auto const most = std::numeric_limits<unsigned>::max();
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    for (double factor : {-1.0, 0.0, 1.0, 1.0000001, 2.0, 1e300, infinity, nan})
        for (duration initial : {duration{-5}, duration{0}, duration{1}, duration::max()})
            for (duration limit : {duration{-5}, duration{0}, duration{100}, duration::max()})
                for (double jitter : {-1.0, 0.0, 0.5, 1.0, 7.0, nan})
                    for (double random01 : {0.0, 0.999999999, 1.0, nan})
                        for (unsigned attempt : {0u, 1u, 63u, 64u, most}) {
                            backoff_policy const policy{initial, limit, factor, jitter};
                            auto const delay = policy.delay(attempt, random01);
                            REQUIRE(delay >= 0s);
                            REQUIRE(delay <= std::max(limit, duration{0}));
                        }
}

TEST_CASE("a factor of one repeats the initial delay")
{
    backoff_policy const policy{3s, 1h, 1.0, 0.0};
    CHECK(policy.delay(0, 0.0) == 3s);
    CHECK(policy.delay(4'000'000'000u, 0.0) == 3s);
}
