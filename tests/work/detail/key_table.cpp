// SPDX-License-Identifier: BSL-1.0
#include <converge/work/detail/key_table.hpp>

#include <converge/work/random.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace {

struct item : converge::detail::keyed_entry<std::string> {
    int value = 0;
};

/// Sends all keys to four places, so that probing and its repair are at work all the time.
struct crowding_hash {
    std::size_t operator()(std::string const& key) const { return key.size() % 4; }
};

using table = converge::detail::key_table<std::string, item, crowding_hash>;

} // namespace

TEST_CASE("a crowded table finds what was put in, and nothing else, through random changes")
{
    converge::random_bits chance{17};
    table real;
    std::map<std::string, int> model;
    for (int step = 0; step < 50'000; ++step) {
        auto const id = chance.uniform(80);
        std::string const key(static_cast<std::size_t>(id), 'k');
        if (chance.uniform(2) == 0) {
            real.obtain(key).value = step;
            model[key] = step;
        } else if (auto* const found = real.find(key)) {
            REQUIRE(model.erase(key) == 1);
            real.erase(*found);
        }
        auto const* const found = real.find(key);
        auto const expected = model.find(key);
        REQUIRE((found != nullptr) == (expected != model.end()));
        if (found != nullptr)
            REQUIRE(found->value == expected->second);
        REQUIRE(real.size() == model.size());
    }
    std::map<std::string, int> visited;
    real.for_each([&](item const& each) { visited[each.key] = each.value; });
    CHECK(visited == model);
}

TEST_CASE("entries stay where they are while the table grows and moves")
{
    table from;
    auto* const first = &from.obtain("first");
    for (int id = 0; id < 1000; ++id)
        from.obtain(std::to_string(id)).value = id;
    CHECK(from.find("first") == first);
    table to{std::move(from)};
    CHECK(to.find("first") == first);
    CHECK(to.size() == 1001);
    to = table{};
    CHECK(to.size() == 0);
    CHECK(to.find("first") == nullptr);
}
