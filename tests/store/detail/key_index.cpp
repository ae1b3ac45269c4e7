// SPDX-License-Identifier: BSL-1.0
#include <converge/store/detail/key_index.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>

namespace {

struct node {
    std::string_view first;
    std::shared_ptr<int> held;
};

using node_index = converge::detail::key_index<node>;

} // namespace

TEST_CASE("an index finds what a map finds, through inserting and erasing in any order")
{
    // Fills and empties a small table over and over, so that searches run over its end, and gaps
    // open in the middle of what stands together.
    std::mt19937 chance{7};
    node_index tested;
    std::map<std::string, node*> model;
    for (int step = 0; step < 20'000; ++step) {
        auto const range = 1 + static_cast<int>(chance() % 60);
        auto const key = "key/" + std::to_string(static_cast<int>(chance()) % range);
        auto const found = model.find(key);
        bool const add = chance() % 2 == 0;
        if (add) {
            auto const [place, made] = tested.insert(key);
            REQUIRE(made == (found == model.end()));
            model[key] = place;
        } else if (found != model.end()) {
            tested.erase(*found->second);
            model.erase(found);
        }
        REQUIRE(tested.size() == model.size());
        for (auto const& [name, place] : model) {
            REQUIRE(tested.find(name) == place);
            REQUIRE(place->first == name);
        }
        REQUIRE((tested.find(key) != nullptr) == model.contains(key));
    }
}

TEST_CASE("nodes stay in place while the index grows, and keep their own copy of the key")
{
    node_index tested;
    std::map<std::string, node const*> places;
    for (int i = 0; i < 5'000; ++i) {
        auto key = "key/" + std::to_string(i);
        auto const* const made = tested.insert(key).first;
        places.emplace(key, made);
        key.assign(key.size(), 'x');
    }
    for (auto const& [key, place] : places)
        CHECK(tested.find(key) == place);
    CHECK(tested.find("key/5000") == nullptr);
}

TEST_CASE("an empty index finds nothing, and the empty key is one like others")
{
    node_index tested;
    CHECK(tested.find("") == nullptr);
    CHECK(tested.insert("").second);
    CHECK(tested.find("") != nullptr);
    CHECK(tested.find("a") == nullptr);
}

TEST_CASE("keys of the same hash are keys of their own")
{
    using namespace std::string_view_literals;
    // In the hash of libstdc++ the difference of the first eight bytes and that of the last cancel.
    constexpr auto key = "webs/a/x-replica"sv;
    constexpr auto alike = "\x77\x65\xa5\x59\x94\x7b\x87\xe9\x2d\x72\xa8\x56\xd1\x83\xbb\xd2"sv;
#if defined(__GLIBCXX__)
    CHECK(std::hash<std::string_view>{}(key) == std::hash<std::string_view>{}(alike));
#endif
    node_index tested;
    auto* const first = tested.insert(key).first;
    CHECK(tested.find(alike) == nullptr);
    auto const [second, made] = tested.insert(alike);
    CHECK(made);
    CHECK(tested.find(key) == first);
    CHECK(tested.find(alike) == second);
    tested.erase(*first);
    CHECK(tested.find(key) == nullptr);
    CHECK(tested.find(alike) == second);
}

TEST_CASE("what an index owns is destroyed when it is erased, and with the index")
{
    std::weak_ptr<int> erased;
    std::weak_ptr<int> left;
    {
        node_index tested;
        auto* const first = tested.insert("a").first;
        first->held = std::make_shared<int>(1);
        erased = first->held;
        auto* const second = tested.insert("b").first;
        second->held = std::make_shared<int>(2);
        left = second->held;
        tested.erase(*first);
        CHECK(erased.expired());
        CHECK_FALSE(left.expired());
    }
    CHECK(left.expired());
}
