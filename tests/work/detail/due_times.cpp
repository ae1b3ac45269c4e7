// SPDX-License-Identifier: BSL-1.0
#include <converge/work/detail/due_times.hpp>

#include <doctest/doctest.h>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using converge::duration;
using converge::instant;
using converge::detail::debounced;
using converge::detail::no_later;

instant at(duration since_start) { return instant{since_start}; }

} // namespace

TEST_CASE("a time given is a promise: neither a later one nor a debounce puts it off")
{
    auto const given = no_later(nullptr, at(5s));
    CHECK(given.due == at(5s));
    CHECK(no_later(&given, at(9s)).due == at(5s));
    CHECK(no_later(&given, at(2s)).due == at(2s));
    CHECK(debounced(&given, at(4s), 3s, 10s).due == at(5s));
}

TEST_CASE("each debounced event puts the time off, up to the limit of the first")
{
    auto const first = debounced(nullptr, at(0s), 3s, 5s);
    CHECK(first.due == at(3s));
    auto const second = debounced(&first, at(2s), 1s, 5s);
    CHECK(second.due == at(3s));
    auto const third = debounced(&second, at(3s), 3s, 5s);
    CHECK(third.due == at(5s));
}

TEST_CASE("a limit beyond the end of time is the end of time")
{
    auto const times = debounced(nullptr, at(1h), duration::max(), duration::max());
    CHECK(times.due == instant::max());
    CHECK(times.limit == instant::max());
}
