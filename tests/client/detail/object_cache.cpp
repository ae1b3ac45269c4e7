// SPDX-License-Identifier: BSL-1.0
#include <converge/client/detail/object_cache.hpp>

#include <converge/client/cache_snapshot.hpp>
#include <converge/client/index_of.hpp>
#include <converge/codec/described_traits.hpp>
#include <converge/observe/memory_sink.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <ranges>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace converge;

namespace {

struct piece {
    static constexpr kind_name kind{"test.converge.dev/v1", "Piece"};
    struct spec {
        int number = 0;
        std::vector<std::string> tags{};
    };
};
BOOST_DESCRIBE_STRUCT(piece::spec, (), (number, tags))

struct by_tag : index_of<piece> {
    static std::vector<std::string> const& value(object<piece> const& of) { return of.spec.tags; }
};

any_object make(std::string space, std::string name, std::uint64_t at, int number,
                std::vector<std::string> tags = {})
{
    object<piece> made{in_namespace{std::move(space)}, std::move(name)};
    made.metadata.uid = uid{"u-" + made.metadata.name};
    made.metadata.resource_version = revision{at};
    made.spec.number = number;
    made.spec.tags = std::move(tags);
    return any_object{std::move(made)};
}

using piece_snapshot = cache_snapshot<piece, by_tag>;

/// What a snapshot answers, in all the ways that it can be asked.
struct answers {
    std::map<object_key, int> all;
    std::map<std::string, std::set<object_key>> by_tag;

    bool operator==(answers const&) const = default;
};

answers ask(piece_snapshot const& shown)
{
    answers got;
    for (auto const& each : shown)
        got.all.emplace(each.key(), each.spec.number);
    for (std::string const tag : {"a", "b", "c", "d"})
        for (auto const& each : shown.by<by_tag>(tag))
            got.by_tag[tag].insert(each.key());
    return got;
}

answers expected(std::map<object_key, any_object> const& of)
{
    answers got;
    for (auto const& [id, each] : of) {
        got.all.emplace(id, each.as<piece>()->spec.number);
        for (auto const& tag : each.as<piece>()->spec.tags)
            got.by_tag[tag].insert(id);
    }
    return got;
}

std::vector<std::string> tags_of(std::mt19937& chance)
{
    std::vector<std::string> tags;
    for (auto count = chance() % 4; count != 0; --count)
        tags.push_back(std::string(1, static_cast<char>('a' + chance() % 4)));
    return tags;
}

} // namespace

TEST_CASE("snapshots answer from their state, whatever changes later, and hold back only that")
{
    for (unsigned seed = 0; seed != 8; ++seed) {
        std::mt19937 chance{seed};
        auto const cache = std::make_shared<detail::object_cache>();
        cache->add_index(detail::definition_of<by_tag>());
        std::map<object_key, any_object> model;
        std::deque<std::pair<piece_snapshot, answers>> kept;
        std::uint64_t at = 0;
        for (int round = 0; round != 120; ++round) {
            auto const draw = [&] {
                ++at;
                return make("ns-" + std::to_string(chance() % 3), std::to_string(chance() % 60), at,
                            static_cast<int>(at), tags_of(chance));
            };
            if (chance() % 10 == 0) {
                std::map<object_key, any_object> next;
                std::vector<any_object> items;
                for (auto const& [id, each] : model)
                    if (chance() % 3 != 0)
                        next[id] = each;
                for (auto count = chance() % 40; count != 0; --count) {
                    auto const one = draw();
                    next[one.key()] = one;
                }
                for (auto const& [id, each] : next)
                    items.push_back(each);
                model = std::move(next);
                cache->replace(items, revision{++at});
            } else {
                for (auto count = chance() % 20; count != 0; --count) {
                    auto const one = draw();
                    if (chance() % 4 == 0) {
                        model.erase(one.key());
                        cache->erase(one.metadata(), revision{at});
                    } else {
                        model[one.key()] = one;
                        cache->put(one, revision{at});
                    }
                }
            }
            cache->publish(revision{at});
            cache->settle();
            REQUIRE(cache->size() == model.size());
            if (chance() % 2 == 0)
                kept.emplace_back(piece_snapshot{cache}, expected(model));
            if (kept.size() > 5)
                kept.pop_front();
            for (auto const& [shown, right] : kept)
                REQUIRE(ask(shown) == right);
        }
        kept.clear();
        cache->publish(revision{at});
        cache->settle();
        CHECK(cache->held_back() == 0);
    }
}

TEST_CASE("a snapshot shows nothing of a batch before it is published")
{
    auto const cache = std::make_shared<detail::object_cache>();
    piece_snapshot const nothing{cache};
    CHECK(nothing.empty());
    CHECK(nothing.at() == revision{});
    cache->put(make("n", "a", 1, 1), revision{1});
    CHECK(piece_snapshot{cache}.empty());
    cache->publish(revision{1});
    cache->settle();
    piece_snapshot const first{cache};
    CHECK(first.find(key<piece>{in_namespace{"n"}, "a"})->spec.number == 1);
    cache->put(make("n", "a", 2, 2), revision{2});
    cache->put(make("n", "b", 2, 2), revision{2});
    CHECK(ask(piece_snapshot{cache}) == ask(first));
    cache->publish(revision{2});
    cache->settle();
    CHECK(piece_snapshot{cache}.size() == 2);
    CHECK(piece_snapshot{cache}.at() == revision{2});
    CHECK(first.size() == 1);
    CHECK(first.begin()->spec.number == 1);
    CHECK(nothing.begin() == nothing.end());
}

TEST_CASE("what no snapshot shows is freed at the end of the batch")
{
    auto const cache = std::make_shared<detail::object_cache>();
    auto one = make("n", "a", 1, 1);
    std::weak_ptr<void const> const old = one.share();
    cache->put(one, revision{1});
    one = {};
    cache->publish(revision{1});
    cache->settle();
    auto const update = [&](std::uint64_t at) {
        cache->put(make("n", "a", at, 0), revision{at});
        cache->publish(revision{at});
        cache->settle();
    };
    {
        piece_snapshot const keeps{cache};
        auto const copy = keeps;
        for (std::uint64_t at = 2; at != 50; ++at)
            update(at);
        CHECK_FALSE(old.expired());
        CHECK(copy.begin()->spec.number == 1);
    }
    CHECK(cache->held_back() > 40);
    update(50);
    CHECK(cache->held_back() == 0);
}

TEST_CASE("a snapshot outlives the cache that it was taken from")
{
    auto cache = std::make_shared<detail::object_cache>();
    cache->put(make("n", "a", 1, 7), revision{1});
    cache->publish(revision{1});
    piece_snapshot const keeps{cache};
    cache.reset();
    CHECK(keeps.begin()->spec.number == 7);
}

TEST_CASE("parts of a snapshot are ranges in order of namespace and name")
{
    auto const cache = std::make_shared<detail::object_cache>();
    cache->add_index(detail::definition_of<by_tag>());
    for (auto const* space : {"prod-2", "prod", "a"})
        for (auto const* name : {"y", "x"})
            cache->put(make(space, name, 1, 0, {"t"}), revision{1});
    cache->publish(revision{1});
    piece_snapshot const shown{cache};
    auto const names = [](auto const& of) {
        std::vector<std::string> all;
        for (auto const& each : of)
            all.push_back(each.metadata.namespace_ + "/" + each.metadata.name);
        return all;
    };
    using lines = std::vector<std::string>;
    CHECK(names(shown.all()) == lines{"a/x", "a/y", "prod/x", "prod/y", "prod-2/x", "prod-2/y"});
    CHECK(names(shown.in("prod")) == lines{"prod/x", "prod/y"});
    CHECK(names(shown.by<by_tag>("t")) == names(shown.all()));
    CHECK(shown.in("pro").empty());
    CHECK(shown.in("z").empty());
    CHECK(shown.by<by_tag>("u").empty());
    CHECK(shown.all().begin().share()->metadata.name == "x");
    static_assert(std::ranges::forward_range<decltype(shown.all())>);
    static_assert(std::ranges::view<decltype(shown.all())>);
    static_assert(std::ranges::forward_range<piece_snapshot>);
    auto in_prod = shown.all() | std::views::filter([](object<piece> const& each) {
                       return each.metadata.namespace_ == "prod";
                   });
    CHECK(std::ranges::distance(in_prod) == 2);
}

TEST_CASE("an object that a list has twice is there once")
{
    auto const cache = std::make_shared<detail::object_cache>();
    cache->add_index(detail::definition_of<by_tag>());
    cache->replace({make("n", "b", 1, 1, {"a"}), make("n", "b", 2, 2, {"b"}), make("n", "a", 3, 3)},
                   revision{3});
    cache->publish(revision{3});
    cache->settle();
    piece_snapshot const shown{cache};
    CHECK(shown.size() == 2);
    CHECK(shown.by<by_tag>("a").empty());
    CHECK(shown.by<by_tag>("b").begin()->spec.number == 2);
    cache->replace({make("n", "a", 3, 3), make("n", "a", 3, 3)}, revision{4});
    cache->publish(revision{4});
    CHECK(piece_snapshot{cache}.size() == 1);
}

TEST_CASE("readers on other threads see whole states while the writer goes on")
{
    auto const cache = std::make_shared<detail::object_cache>();
    cache->add_index(detail::definition_of<by_tag>());
    constexpr int size = 200;
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    std::atomic<int> reads{0};
    auto const name_of = [](int i) { return std::to_string(i); };
    // Each batch gives every object the number of the batch, and replaces one of them.
    auto const write = [&](int batch) {
        auto const at = static_cast<std::uint64_t>(batch);
        for (int i = 0; i != size; ++i)
            cache->put(make("n", name_of(i), at, batch, {batch % 2 == 0 ? "a" : "b"}),
                       revision{at});
        auto const gone = make("n", name_of(batch % size), at, 0);
        cache->erase(gone.metadata(), revision{at});
        cache->put(make("n", name_of(batch % size), at, batch, {batch % 2 == 0 ? "a" : "b"}),
                   revision{at});
        cache->publish(revision{at});
        cache->settle();
    };
    write(1);
    auto const read = [&] {
        while (!done) {
            piece_snapshot const shown{cache};
            auto const batch = static_cast<int>(shown.at().value());
            int seen = 0;
            for (auto const& each : shown) {
                ++seen;
                wrong += each.spec.number != batch;
            }
            wrong += seen != size;
            int tagged = 0;
            for (auto const& each : shown.by<by_tag>(batch % 2 == 0 ? "a" : "b")) {
                ++tagged;
                wrong += each.spec.number != batch;
            }
            wrong += tagged != size;
            wrong += shown.find(key<piece>{in_namespace{"n"}, "7"})->spec.number != batch;
            ++reads;
        }
    };
    std::vector<std::thread> readers;
    for (int i = 0; i != 3; ++i)
        readers.emplace_back(read);
    for (int batch = 2; batch != 150 || reads < 30; ++batch)
        write(batch);
    done = true;
    for (auto& each : readers)
        each.join();
    CHECK(wrong == 0);
    cache->settle();
    CHECK(cache->held_back() == 0);
}
