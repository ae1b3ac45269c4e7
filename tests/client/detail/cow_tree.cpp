// SPDX-License-Identifier: BSL-1.0
#include <converge/client/detail/cow_tree.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <random>
#include <set>
#include <vector>

using namespace converge::detail;

namespace {

struct by_value {
    static bool before(int const& left, int const& right) { return left < right; }
};
using tree = cow_tree<int, by_value>;

/// A tree beside a set, with published roots that are kept.
struct world {
    explicit world(int size)
    {
        for (int i = 0; i != size; ++i)
            numbers.push_back(i);
    }
    world(world const&) = delete;
    world& operator=(world const&) = delete;
    ~world() { retired.free_before(building); }

    struct kept {
        tree::node const* root;
        std::uint64_t number;
        std::vector<int> content;
    };

    [[nodiscard]] tree_edit edit() { return {building, retired}; }

    void flip(int number)
    {
        if (model.erase(number) != 0) {
            subject.erase(numbers[static_cast<std::size_t>(number)], edit());
        } else {
            model.insert(number);
            subject.insert(numbers[static_cast<std::size_t>(number)], edit());
        }
    }

    void publish()
    {
        published.push_back({subject.root(), building, {model.begin(), model.end()}});
        ++building;
    }

    void forget_oldest()
    {
        published.pop_front();
        retired.free_before(published.empty() ? building - 1 : published.front().number);
    }

    static std::vector<int> content(tree::node const* root)
    {
        std::vector<int> all;
        for (auto each = tree::begin(root); each.get() != nullptr; each.step())
            all.push_back(*each.get());
        return all;
    }

    std::deque<int> numbers;
    std::set<int> model;
    std::uint64_t building = 2;
    retired_list retired;
    tree subject;
    std::deque<kept> published;
};

} // namespace

TEST_CASE("published roots show what they showed, whatever changes later")
{
    for (unsigned seed = 0; seed != 6; ++seed) {
        std::mt19937 chance{seed};
        world in{seed % 2 == 0 ? 300 : 6000};
        for (int round = 0; round != 150; ++round) {
            auto const changes = chance() % 200;
            auto const size = static_cast<unsigned>(in.numbers.size());
            for (unsigned i = 0; i != changes; ++i)
                in.flip(static_cast<int>(chance() % size));
            in.publish();
            if (in.published.size() > 4)
                in.forget_oldest();
            for (auto const& each : in.published)
                REQUIRE(world::content(each.root) == each.content);
        }
    }
}

TEST_CASE("a place is found by search in trees of any depth")
{
    world in{20'000};
    for (int i = 0; i != 20'000; i += 2)
        in.flip(i);
    auto const* const root = in.subject.root();
    for (int sought = -1; sought < 20'001; sought += 7) {
        auto const found = tree::seek(root, [&](int each) { return each < sought; });
        auto const expected = in.model.lower_bound(sought);
        if (expected == in.model.end())
            REQUIRE(found.get() == nullptr);
        else
            REQUIRE(*found.get() == *expected);
    }
}

TEST_CASE("what is removed leaves few nodes behind, and at last none")
{
    world in{10'000};
    for (int i = 0; i != 10'000; ++i)
        in.flip(i);
    for (int i = 0; i != 10'000; ++i)
        if (i % 100 != 0)
            in.flip(i);
    CHECK(world::content(in.subject.root()).size() == 100);
    // All that is left stands in a few joined leaves: two levels at most.
    auto const* down = in.subject.root();
    CHECK((down->is_leaf || down->count <= 8));
    for (int i = 0; i != 10'000; i += 100)
        in.flip(i);
    CHECK(in.subject.root() == nullptr);
}

TEST_CASE("a tree that is built at once is the tree of the same elements")
{
    for (int size : {0, 1, 55, 56, 57, 5000}) {
        world in{size};
        std::vector<int*> all;
        for (auto& each : in.numbers)
            all.push_back(&each);
        in.subject.assign(all, in.edit());
        in.model.insert(in.numbers.begin(), in.numbers.end());
        CHECK(world::content(in.subject.root()).size() == static_cast<std::size_t>(size));
        in.publish();
        for (int i = 0; i < size; i += 3)
            in.flip(i);
        CHECK(world::content(in.subject.root()) ==
              std::vector<int>(in.model.begin(), in.model.end()));
        CHECK(world::content(in.published.front().root) == in.published.front().content);
    }
}

TEST_CASE("a batch copies each node once")
{
    world in{5000};
    for (int i = 0; i != 5000; i += 2)
        in.flip(i);
    in.publish();
    for (int i = 1001; i < 1041; i += 2)
        in.flip(i);
    // The path of about three nodes, perhaps a neighbour.
    CHECK(in.retired.size() >= 2);
    CHECK(in.retired.size() <= 5);
}
