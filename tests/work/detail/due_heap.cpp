// SPDX-License-Identifier: BSL-1.0
#include <converge/work/detail/due_heap.hpp>

#include <converge/work/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace {

using converge::duration;
using converge::instant;

struct item {
    int id = 0;
    converge::detail::due_hook hook{};
};

} // namespace

TEST_CASE("entries leave the heap by time, then by arrival, whatever was removed or moved up")
{
    converge::random_bits chance{11};
    for (int round = 0; round < 200; ++round) {
        std::vector<item> items(64);
        converge::detail::due_heap<item> heap;
        for (auto& each : items)
            heap.push(each, instant{duration{chance.uniform(20)}});
        std::vector<item*> held;
        for (auto& each : items) {
            auto const choice = chance.uniform(3);
            if (choice == 0) {
                heap.remove(each);
                continue;
            }
            if (choice == 1)
                heap.advance(each, each.hook.due - duration{1 + chance.uniform(5)});
            held.push_back(&each);
        }
        std::sort(held.begin(), held.end(), [](item const* left, item const* right) {
            return left->hook.due != right->hook.due ? left->hook.due < right->hook.due
                                                     : left->hook.arrival < right->hook.arrival;
        });
        for (auto* expected : held) {
            REQUIRE_FALSE(heap.empty());
            REQUIRE(&heap.top() == expected);
            heap.remove(heap.top());
        }
        CHECK(heap.empty());
    }
}
