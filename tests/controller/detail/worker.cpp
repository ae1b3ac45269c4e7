// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/detail/worker.hpp>

#include <converge/store/memory_store.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace converge;

namespace {

/// Whether a worker uses the log of a run again for the next, if `keep` took something of the first.
template <class Keep>
bool uses_log_again(Keep keep)
{
    memory_store store;
    detail::worker one{client{store}};
    auto const* const first = one.writes.get();
    [[maybe_unused]] auto const kept = keep(one.api);
    one.renew_log();
    return one.writes.get() == first;
}

} // namespace

TEST_CASE("a worker uses its log again for the next run")
{
    CHECK(uses_log_again([](client const&) { return 0; }));
}

TEST_CASE("a client that a reconciler keeps notes nothing among the writes of the next run")
{
    CHECK_FALSE(uses_log_again([](client const& given) { return given; }));
}

TEST_CASE("nor does one that was made of it")
{
    CHECK_FALSE(uses_log_again([](client const& given) { return given.as("another"); }));
    CHECK_FALSE(uses_log_again([](client const& given) { return given.sending_from(nullptr); }));
}
