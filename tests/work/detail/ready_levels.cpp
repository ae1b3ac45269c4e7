// SPDX-License-Identifier: BSL-1.0
#include <converge/work/detail/ready_levels.hpp>

#include <converge/work/detail/tenants.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

namespace {

using converge::detail::tenant;

struct item {
    int priority = 0;
    tenant* of = nullptr;
    converge::detail::fifo_hook<item> link{};
};

using levels = converge::detail::ready_levels<item>;

std::vector<item*> drain(levels& from)
{
    std::vector<item*> order;
    while (!from.empty())
        order.push_back(&from.pop());
    return order;
}

} // namespace

TEST_CASE("entries leave by priority, and within one in the order of their arrival")
{
    item a{1}, b{5}, c{1}, d{-3}, e{5};
    levels waiting{0};
    for (auto* each : {&a, &b, &c, &d, &e})
        waiting.push(*each);
    CHECK(waiting.size() == 5);
    CHECK(drain(waiting) == std::vector<item*>{&b, &e, &a, &c, &d});
}

TEST_CASE("an entry can be removed from the front, the middle and the end of its level")
{
    item a{}, b{}, c{}, d{}, e{};
    levels waiting;
    for (auto* each : {&a, &b, &c, &d, &e})
        waiting.push(*each);
    waiting.remove(a);
    waiting.remove(c);
    waiting.remove(e);
    waiting.push(a);
    CHECK(drain(waiting) == std::vector<item*>{&b, &d, &a});
    CHECK(waiting.size() == 0);
}

TEST_CASE("one take in so many yields, to the level that waited longest")
{
    std::vector<item> high(9, item{9}), middle(2, item{5}), low(2, item{1});
    levels waiting{3};
    // The lowest level is there first.
    for (auto* level : {&low, &middle, &high})
        for (auto& each : *level)
            waiting.push(each);
    std::vector<int> order;
    for (auto* each : drain(waiting))
        order.push_back(each->priority);
    CHECK(order == std::vector<int>{9, 9, 1, 9, 9, 5, 9, 9, 1, 9, 9, 5, 9});
}

TEST_CASE("with one take in one the levels take turns")
{
    std::vector<item> high(3, item{9}), low(3, item{1});
    levels waiting{1};
    for (auto* level : {&low, &high})
        for (auto& each : *level)
            waiting.push(each);
    std::vector<int> order;
    for (auto* each : drain(waiting))
        order.push_back(each->priority);
    CHECK(order == std::vector<int>{1, 9, 1, 9, 1, 9});
}

TEST_CASE("a level that is the highest whenever a take yields does not starve")
{
    item middle{2};
    std::vector<item> high(3, item{3}), low(3, item{1});
    levels waiting{2};
    waiting.push(middle);
    int takes = 0;
    for (std::size_t round = 0; round < high.size(); ++round) {
        waiting.push(high[round]);
        ++takes;
        REQUIRE(&waiting.pop() == &high[round]);
        waiting.push(low[round]);
        ++takes;
        if (&waiting.pop() == &middle)
            break;
    }
    CHECK(takes == 2);
}

TEST_CASE("tenants take turns of their weight, and one that comes is last in the round")
{
    tenant a, b, c;
    b.weight = 2;
    std::vector<item> as(3, item{0, &a}), bs(4, item{0, &b}), cs(1, item{0, &c});
    levels waiting;
    for (auto* of : {&as, &bs})
        for (auto& each : *of)
            waiting.push(each);
    CHECK(&waiting.pop() == &as[0]);
    CHECK(&waiting.pop() == &bs[0]);
    waiting.push(cs[0]);
    CHECK(drain(waiting) == std::vector<item*>{&bs[1], &as[1], &cs[0], &bs[2], &bs[3], &as[2]});
}

TEST_CASE("a tenant whose turn it is loses the turn with its last entry, also if that is removed")
{
    tenant a, b;
    item first{0, &a}, second{0, &b}, third{0, &b}, other_level{4, &a};
    levels waiting{0};
    for (auto* each : {&first, &second, &third, &other_level})
        waiting.push(*each);
    waiting.remove(first);
    waiting.push(first);
    CHECK(drain(waiting) == std::vector<item*>{&other_level, &second, &first, &third});
    CHECK(a.flows == converge::detail::no_flow);
    CHECK(b.flows == converge::detail::no_flow);
}
