// SPDX-License-Identifier: BSL-1.0
#include <converge/store/watch.hpp>

#include "store_under_test.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace converge;
using namespace store_test;

namespace {

/// More changes than a watch passes at a time.
constexpr int many = 1'100;

[[nodiscard]] revision put_many(session& user, std::string const& under)
{
    transaction all;
    for (int i = 0; i < many; ++i)
        all.put(under + std::to_string(i), make_gadget(i));
    return user.commit(std::move(all)).at;
}

[[nodiscard]] watch_query query(std::string prefix, bool latest_only)
{
    watch_query made{std::move(prefix), revision{}};
    made.batch_max = std::size_t{10} * many;
    made.latest_only = latest_only;
    return made;
}

} // namespace

TEST_CASE("a watch finds its change behind thousands of others")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        for (int i = 0; i < 3; ++i)
            (void)put_many(user, "b/");
        auto const own = user.put("a/x", 7);
        auto const end = put_many(user, "b/");
        for (bool const latest_only : {false, true}) {
            CAPTURE(latest_only);
            auto const stream = user.store().watch(query("a/", latest_only));
            auto const batch = user.ready(*stream);
            REQUIRE(batch);
            REQUIRE(batch->events.size() == 1);
            CHECK(batch->events[0].at == own);
            CHECK(size_of(batch->events[0].current) == 7);
            CHECK_FALSE(user.ready(*stream).has_value());
            CHECK(stream->through() == end);
        }
    });
}

TEST_CASE("a large revision comes in one batch, and one batch does not take all large revisions")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        std::vector<revision> made;
        for (auto const* const under : {"a/", "b/", "c/"})
            made.push_back(put_many(user, under));
        for (bool const latest_only : {false, true}) {
            CAPTURE(latest_only);
            auto const stream = user.store().watch(query("", latest_only));
            for (auto const at : made) {
                auto const batch = user.ready(*stream);
                REQUIRE(batch);
                CHECK(batch->events.size() == many);
                CHECK(batch->through == at);
                CHECK(std::ranges::all_of(batch->events,
                                          [&](store_event const& each) { return each.at == at; }));
            }
            CHECK_FALSE(user.ready(*stream).has_value());
        }
    });
}

TEST_CASE("a key that ends with a slash, and the empty one, are beneath the prefix of that name")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        session writer{opened.store()};
        for (std::string const key : {"a/", ""}) {
            CAPTURE(key);
            auto const begin = user.newest();
            auto const all = user.watch("", begin);
            auto const beneath = user.watch(key, begin);
            auto const others = user.watch("a/b", begin);
            auto const of_all = user.start(*all);
            auto const of_beneath = user.start(*beneath);
            auto const of_others = user.start(*others);
            writer.put(key, 1);
            user.wait(*of_all);
            user.wait(*of_beneath);
            REQUIRE(of_all->batch);
            REQUIRE(of_beneath->batch);
            CHECK(of_all->batch->events.size() == 1);
            REQUIRE(of_beneath->batch->events.size() == 1);
            CHECK(of_beneath->batch->events[0].key == key);
            CHECK_FALSE(of_others->done);
            CHECK(user.get(key).has_value());
            user.cancel(*of_others);
        }
        CHECK(user.list("").entries.size() == 2);
        CHECK(user.list("a/").entries.size() == 1);
    });
}
