// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/detail/watched_store.hpp>

#include "judging.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace converge;
using namespace judging;
using converge::testing::detail::watched_store;

namespace {

/// Notes what it is told, with how many objects there are then.
struct listener {
    std::vector<std::string> told;
    watched_store store{[this](std::string const& key, any_object const& before,
                               any_object const& after, revision at) {
        told.push_back(key +
                       (!before ? " came"
                        : after ? " changed"
                                : " went") +
                       " at " + to_string(at) + " of " +
                       std::to_string(store.now().everything().size()));
    }};

    void put(std::initializer_list<char const*> keys, lease_id lease = lease_id::none)
    {
        transaction write;
        for (auto const* key : keys)
            write.put(key, draft_object{any_object{team_of(1)}}, lease);
        store.commit(std::move(write));
    }
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("a transaction is told when all of it is there")
{
    listener in;
    in.put({"a", "b"});
    in.put({"b", "c"});
    CHECK(in.told ==
          lines{"a came at 1 of 2", "b came at 1 of 2", "b changed at 2 of 3", "c came at 2 of 3"});
}

TEST_CASE("what hangs on leases that end together is told at the revision of each lease")
{
    using namespace std::chrono_literals;
    listener in;
    auto const first = in.store.grant_lease(10s, instant{});
    auto const second = in.store.grant_lease(20s, instant{});
    in.put({"a", "b"}, second);
    in.put({"c", "d"}, first);
    in.put({"e"});
    in.told.clear();
    in.store.housekeep(instant{1min});
    CHECK(in.told ==
          lines{"c went at 4 of 3", "d went at 4 of 3", "a went at 5 of 1", "b went at 5 of 1"});
    CHECK(in.store.newest() == revision{5});
}
