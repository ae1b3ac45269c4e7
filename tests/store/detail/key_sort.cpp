// SPDX-License-Identifier: BSL-1.0
#include <converge/store/detail/key_sort.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using converge::detail::key_sort;

namespace {

using node = std::pair<std::string const, int>;

/// Whether `key_sort` brings the keys, which must differ, into the order of the set.
bool sorts(std::set<std::string> const& keys, std::uint64_t seed)
{
    std::vector<node> nodes;
    for (auto const& each : keys)
        nodes.emplace_back(each, 0);
    std::vector<node*> order;
    for (auto& each : nodes)
        order.push_back(&each);
    std::mt19937_64 random{seed};
    std::ranges::shuffle(order, random);
    key_sort<node>::sort(order);
    return std::ranges::equal(order, keys, {}, [](node const* each) { return each->first; });
}

std::string random_text(std::mt19937_64& random, std::size_t size_max, unsigned letters)
{
    std::string text;
    for (auto left = random() % (size_max + 1); left > 0; --left)
        text += static_cast<char>('!' + random() % letters);
    return text;
}

} // namespace

TEST_CASE("keys come out in the order of their bytes, however they begin and end")
{
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        std::mt19937_64 random{seed};
        std::set<std::string> keys;
        auto const common = random_text(random, 40, 3);
        auto const letters = 1 + random() % 90;
        for (auto left = random() % 200; left > 0; --left)
            keys.insert(common + random_text(random, 1 + random() % 60, static_cast<unsigned>(letters)));
        CAPTURE(seed);
        CHECK(sorts(keys, seed));
    }
}

TEST_CASE("keys that differ only in bytes above 127 are in the order of unsigned bytes")
{
    CHECK(sorts({"a/\x7f", "a/\x80", "a/\xff", "a/~", "a/", "a"}, 1));
    std::set<std::string> many;
    for (int i = 1; i < 256; ++i)
        many.insert("kind/" + std::string(1, static_cast<char>(i)));
    CHECK(sorts(many, 2));
}

TEST_CASE("many keys of several kinds are sorted, with the help of a second thread")
{
    std::set<std::string> keys;
    for (int i = 0; i < 60'000; ++i)
        keys.insert((i % 3 == 0 ? "apps/deployments/space-" : "core/pods/space-") +
                    std::to_string(i % 7) + "/name-" + std::to_string(i * 7919 % 1'000'003));
    CHECK(sorts(keys, 3));
}

TEST_CASE("no key and one key are sorted")
{
    CHECK(sorts({}, 1));
    CHECK(sorts({"only"}, 1));
}
