// SPDX-License-Identifier: BSL-1.0
#include <converge/store/detail/ordered_index.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>

using namespace converge;

namespace {

using node = std::pair<std::string const, int>;

std::vector<std::string> keys_from(detail::ordered_index<node> const& index,
                                   std::string const& start, bool exclusive)
{
    std::vector<std::string> found;
    index.walk(start, exclusive, [&found](node const& each) {
        found.push_back(each.first);
        return true;
    });
    return found;
}

} // namespace

TEST_CASE("a walk visits the keys from its start in order, whatever was inserted and erased")
{
    for (auto const universe : {10u, 5000u}) {
        std::mt19937 random{universe};
        detail::ordered_index<node> index;
        std::map<std::string, std::unique_ptr<node>> reference;
        for (int step = 0; step < 12'000; ++step) {
            // Growing first, then shrinking, so that runs split and vanish.
            auto const key = std::to_string(random() % universe);
            auto& place = reference[key];
            if (!place && (step < 8000 || random() % 4 == 0)) {
                place = std::make_unique<node>(key, 0);
                index.insert(*place);
            } else if (place && (step >= 8000 || random() % 4 == 0)) {
                index.erase(*place);
                reference.erase(key);
            } else if (!place) {
                reference.erase(key);
            }
            if (step % 500 != 0)
                continue;
            for (bool const exclusive : {false, true}) {
                auto const start = step % 1000 == 0 ? "" : std::to_string(random() % universe);
                std::vector<std::string> expected;
                for (auto const& [each, unused] : reference)
                    if (exclusive ? each > start : each >= start)
                        expected.push_back(each);
                CHECK(keys_from(index, start, exclusive) == expected);
            }
        }
    }
}

TEST_CASE("keys that come in order are walked in order")
{
    detail::ordered_index<node> index;
    std::vector<std::unique_ptr<node>> nodes;
    for (int i = 0; i < 3000; ++i) {
        nodes.push_back(std::make_unique<node>(std::to_string(10'000 + i), i));
        index.insert(*nodes.back());
    }
    auto const all = keys_from(index, "", false);
    CHECK(all.size() == 3000);
    CHECK(std::ranges::is_sorted(all));
}

TEST_CASE("a walk stops where its visitor says so")
{
    detail::ordered_index<node> index;
    node first{"a", 0};
    node second{"b", 0};
    index.insert(second);
    index.insert(first);
    int visited = 0;
    index.walk("", false, [&visited](node const&) { return ++visited < 1; });
    CHECK(visited == 1);
}
