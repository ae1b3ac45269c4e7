// SPDX-License-Identifier: BSL-1.0
#include <converge/work/detail/priority_fifo.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace {

struct item {
    int priority = 0;
    converge::detail::fifo_hook<item> link{};
};

using fifo = converge::detail::priority_fifo<item>;

std::vector<item*> drain(fifo& from)
{
    std::vector<item*> order;
    while (!from.empty()) {
        order.push_back(&from.front());
        from.remove(from.front());
    }
    return order;
}

} // namespace

TEST_CASE("entries leave by priority, and within one in the order of their arrival")
{
    item a{1}, b{5}, c{1}, d{-3}, e{5};
    fifo waiting;
    for (auto* each : {&a, &b, &c, &d, &e})
        waiting.push(*each);
    CHECK(waiting.size() == 5);
    CHECK(drain(waiting) == std::vector<item*>{&b, &e, &a, &c, &d});
}

TEST_CASE("an entry can be removed from the front, the middle and the end of its level")
{
    item a{}, b{}, c{}, d{}, e{};
    fifo waiting;
    for (auto* each : {&a, &b, &c, &d, &e})
        waiting.push(*each);
    waiting.remove(a);
    waiting.remove(c);
    waiting.remove(e);
    waiting.push(a);
    CHECK(drain(waiting) == std::vector<item*>{&b, &d, &a});
    CHECK(waiting.size() == 0);
}
