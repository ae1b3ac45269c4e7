// SPDX-License-Identifier: BSL-1.0
#include <converge/client/detail/pin_table.hpp>

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace converge::detail;

TEST_CASE("the oldest state that is held is told, or the newest if none is")
{
    pin_table pins;
    CHECK(pins.oldest(7) == 7);
    auto& first = pins.claim(5);
    auto& second = pins.claim(3);
    CHECK(pins.oldest(7) == 3);
    pin_table::release(second);
    CHECK(pins.oldest(7) == 5);
    auto& third = pins.claim();
    CHECK(pins.oldest(7) == pin_table::everything);
    pin_table::release(third);
    pin_table::release(first);
    CHECK(pins.oldest(7) == 7);
}

TEST_CASE("more pins than there are places make more places, which are used again")
{
    pin_table pins;
    CHECK(pins.capacity() == 16);
    std::vector<pin_table::place*> held;
    for (pin_table::number i = 0; i != 100; ++i)
        held.push_back(&pins.claim(1000 - i));
    CHECK(std::set<pin_table::place*>(held.begin(), held.end()).size() == 100);
    CHECK(pins.capacity() == 112);
    CHECK(pins.oldest(2000) == 901);
    for (auto* const each : held)
        pin_table::release(*each);
    CHECK(pins.oldest(2000) == 2000);
    for (int i = 0; i != 100; ++i)
        static_cast<void>(pins.claim(7));
    CHECK(pins.capacity() == 112);
}
