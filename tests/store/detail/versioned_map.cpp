// SPDX-License-Identifier: BSL-1.0
#include <converge/store/detail/versioned_map.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>

using namespace converge;

TEST_CASE("the first change after a revision is what a search from the begin finds")
{
    std::minstd_rand random{11};
    detail::versioned_map map;
    std::uint64_t at = 0;
    for (int round = 0; round != 400; ++round) {
        at += 1 + random() % 3;
        // Some revisions change several keys.
        for (auto left = 1 + random() % 3; left != 0; --left) {
            auto fresh = std::make_unique<detail::version>();
            map.put("key-" + std::to_string(random() % 50), std::move(fresh), revision{at});
        }
        for (int asked = 0; asked != 20; ++asked) {
            revision const sought{random() % (at + 3)};
            auto const& all = map.changes();
            std::size_t first = 0;
            while (first != all.size() && all[first].at <= sought)
                ++first;
            REQUIRE(map.first_change_after(sought) == first);
        }
    }
}

TEST_CASE("an empty map has no change after any revision")
{
    detail::versioned_map const map;
    CHECK(map.first_change_after(revision{0}) == 0);
    CHECK(map.first_change_after(revision{5}) == 0);
}
