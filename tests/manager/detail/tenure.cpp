// SPDX-License-Identifier: BSL-1.0
#include <converge/manager/detail/tenure.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace converge;
using namespace std::chrono_literals;

namespace {

constexpr instant start{1h};

/// Renews every 5 s, gives up after 10 s.
detail::tenure fresh() { return {leader_election{"sites"}, start}; }

} // namespace

TEST_CASE("a leader renews each interval, counted from when it asked")
{
    auto now = fresh();
    CHECK(now.next_attempt() == start + 5s);
    now.renewed(start + 6s);
    CHECK(now.next_attempt() == start + 11s);
    CHECK(now.gives_up_at() == start + 16s);
    CHECK(now.since_renewal(start + 7s) == 1s);
}

TEST_CASE("a renewal that failed is tried again soon, by chance a little later")
{
    auto now = fresh();
    now.failed(start + 5s, 0);
    CHECK(now.next_attempt() == start + 5s + 625ms);
    now.failed(start + 5s, 0.5);
    CHECK(now.next_attempt() == start + 5s + 625ms + 312500us);
    CHECK(now.gives_up_at() == start + 10s);
}

TEST_CASE("the last attempt is when it gives up, and none may take longer than until then")
{
    auto now = fresh();
    CHECK(now.patience(start + 5s) == 2500ms);
    CHECK(now.patience(start + 9s) == 1s);
    now.failed(start + 9900ms, 0.9);
    CHECK(now.next_attempt() == start + 10s);
}
