// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/equal.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace {

using converge::equal;

struct item {
    int weight = 0;
};
BOOST_DESCRIBE_STRUCT(item, (), (weight))

struct basket : item {
    std::string name{};
    std::optional<item> lid{};
    std::vector<item> items{};
    std::map<std::string, item> by_name{};
};
BOOST_DESCRIBE_STRUCT(basket, (item), (name, lid, items, by_name))

/// Neither described nor comparable.
struct opaque {
    std::string text{};
};

basket full()
{
    basket of;
    of.weight = 1;
    of.name = "a";
    of.lid = item{2};
    of.items = {{3}, {4}};
    of.by_name = {{"x", {5}}, {"y", {6}}};
    return of;
}

} // namespace

template <>
struct converge::json_traits<opaque> {
    static boost::json::value encode(opaque const& from) { return boost::json::string{from.text}; }
    static bool decode(boost::json::value const& from, opaque& to, decode_context& context)
    {
        return json_traits<std::string>::decode(from, to.text, context);
    }
};

namespace {

TEST_CASE("described structs without operator== are compared member by member")
{
    CHECK(equal(full(), full()));
    CHECK(equal(basket{}, basket{}));
    CHECK_FALSE(equal(full(), basket{}));
}

TEST_CASE("a difference in any member counts, in bases and containers too")
{
    auto const differs = [](auto change) {
        auto other = full();
        change(other);
        return !equal(full(), other) && !equal(other, full());
    };
    CHECK(differs([](basket& of) { of.weight = 9; }));
    CHECK(differs([](basket& of) { of.name = "b"; }));
    CHECK(differs([](basket& of) { of.lid->weight = 9; }));
    CHECK(differs([](basket& of) { of.lid.reset(); }));
    CHECK(differs([](basket& of) { of.items[1].weight = 9; }));
    CHECK(differs([](basket& of) { of.items.pop_back(); }));
    CHECK(differs([](basket& of) { of.by_name["y"].weight = 9; }));
    CHECK(differs([](basket& of) { of.by_name.erase("y"); }));
    CHECK(differs([](basket& of) {
        of.by_name.erase("y");
        of.by_name["z"].weight = 6;
    }));
}

TEST_CASE("not-a-number is equal to itself, and to no number")
{
    auto const nan = std::nan("");
    CHECK(equal(nan, nan));
    CHECK_FALSE(equal(nan, 1.0));
    CHECK_FALSE(equal(1.0, nan));
    CHECK(equal(0.0, -0.0));
    CHECK(equal(std::vector<double>{1.0, nan}, std::vector<double>{1.0, nan}));
    CHECK_FALSE(equal(std::vector<double>{1.0, nan}, std::vector<double>{1.0, 2.0}));
    CHECK(equal(std::optional<double>{nan}, std::optional<double>{nan}));
}

TEST_CASE("values with neither description nor operator== are compared by their JSON")
{
    CHECK(equal(opaque{"a"}, opaque{"a"}));
    CHECK_FALSE(equal(opaque{"a"}, opaque{"b"}));
    CHECK_FALSE(equal(std::vector<opaque>{{"a"}}, std::vector<opaque>{{"b"}}));
}

} // namespace
