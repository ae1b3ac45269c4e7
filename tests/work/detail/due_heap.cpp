// SPDX-License-Identifier: BSL-1.0
#include <converge/work/detail/due_heap.hpp>

#include <converge/work/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace {

using converge::duration;
using converge::instant;

struct item {
    instant due{};
    int arrival = 0;
    std::uint32_t heap_position = 0;
};

} // namespace

TEST_CASE("entries leave the heap by time, then by arrival, whatever was removed or moved")
{
    converge::random_bits chance{11};
    for (int round = 0; round < 200; ++round) {
        std::vector<item> items(64);
        converge::detail::due_heap<item> heap;
        int arrivals = 0;
        for (auto& each : items) {
            each = {instant{duration{chance.uniform(20)}}, ++arrivals};
            heap.push(each, each.due);
        }
        std::vector<item*> held;
        for (auto& each : items) {
            auto const choice = chance.uniform(3);
            if (choice == 0) {
                heap.remove(each);
                continue;
            }
            if (choice == 1) {
                each.due = instant{duration{chance.uniform(20)}};
                each.arrival = ++arrivals;
                heap.move(each, each.due);
            }
            held.push_back(&each);
        }
        std::sort(held.begin(), held.end(), [](item const* left, item const* right) {
            return std::pair{left->due, left->arrival} < std::pair{right->due, right->arrival};
        });
        REQUIRE(heap.size() == held.size());
        for (auto* expected : held) {
            REQUIRE(&heap.top() == expected);
            REQUIRE(heap.top_due() == expected->due);
            heap.remove(heap.top());
        }
        CHECK(heap.empty());
    }
}
