// SPDX-License-Identifier: BSL-1.0
#include <converge/store/query.hpp>

#include "store_under_test.hpp"

#include <atomic>
#include <thread>

using namespace converge;
using namespace store_test;

namespace {

std::vector<int> sizes(list_page const& page)
{
    std::vector<int> found;
    for (auto const& entry : page.entries)
        found.push_back(size_of(entry.value));
    return found;
}

std::string numbered(int i) { return "a/" + std::to_string(10'000 + i); }

} // namespace

TEST_CASE("a list holds what is under the prefix, in key order, and tells its revision")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/c", 3);
        user.put("a/a", 1);
        user.put("b/x", 9);
        user.put("a/b", 2);
        user.put("ab", 8);
        user.put("a/gone", 7);
        auto const last = user.erase("a/gone");
        auto const page = user.list("a/");
        CHECK(sizes(page) == std::vector{1, 2, 3});
        CHECK(page.at == last);
        CHECK_FALSE(page.more);
        CHECK(page.last_key == "a/c");
        CHECK(sizes(user.list("")) == std::vector{1, 2, 3, 8, 9});
        CHECK(user.list("c/").entries.empty());
    });
}

TEST_CASE("a prefix that does not end with a slash means exactly that key")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/x", 1);
        user.put("a/x-2", 2);
        user.put("a/x/y", 3);
        auto const page = user.list("a/x");
        CHECK(sizes(page) == std::vector{1});
        CHECK(page.last_key == "a/x");
        CHECK(user.list("a").entries.empty());
        list_query behind{"a/x"};
        behind.after = "a/x";
        CHECK(user.list(behind).entries.empty());
    });
}

TEST_CASE("a list at a revision is the state of that revision")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/x", 1);
        user.put("a/y", 2);
        user.put("a/x", 3);
        user.erase("a/y");
        user.put("a/y", 5);
        CHECK(sizes(user.list("a/", revision{1})) == std::vector{1});
        CHECK(sizes(user.list("a/", revision{2})) == std::vector{1, 2});
        CHECK(sizes(user.list("a/", revision{3})) == std::vector{3, 2});
        CHECK(sizes(user.list("a/", revision{4})) == std::vector{3});
        CHECK(sizes(user.list("a/", revision{5})) == std::vector{3, 5});
        CHECK(sizes(user.list("a/y", revision{3})) == std::vector{2});
        CHECK(user.list("a/", revision{3}).at == revision{3});
        CHECK(user.list("a/", revision{3}).entries[0].version == 2);
    });
}

TEST_CASE("a list at a future revision fails, before and after compaction")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        CHECK(fails_with(errc::future_revision, [&] { user.list("a/", revision{1}); }));
        user.put("a/x", 1);
        user.put("a/x", 2);
        opened.compact(revision{2});
        CHECK(fails_with(errc::future_revision, [&] { user.list("a/", revision{3}); }));
        CHECK(fails_with(errc::future_revision, [&] { user.list("a/x", revision{3}); }));
    });
}

TEST_CASE("after compaction its own revision is readable and those before are gone")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/x", 1);
        user.put("a/y", 2);
        user.erase("a/x");
        user.put("a/y", 4);
        user.put("a/x", 5);
        opened.compact(revision{3});
        CHECK(sizes(user.list("a/", revision{3})) == std::vector{2});
        CHECK(sizes(user.list("a/", revision{4})) == std::vector{4});
        CHECK(sizes(user.list("a/", revision{5})) == std::vector{5, 4});
        CHECK(fails_with(errc::gone, [&] { user.list("a/", revision{2}); }));
        CHECK(fails_with(errc::gone, [&] { user.list("a/x", revision{2}); }));
        opened.compact(revision{1});
        CHECK(opened.compacted() == revision{3});
        CHECK(fails_with(errc::future_revision, [&] { opened.compact(revision{6}); }));
    });
}

TEST_CASE("pages of a list concatenate to the snapshot whatever is written between them")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        for (int i = 0; i < 700; ++i)
            user.put(numbered(i), i);
        for (int i = 0; i < 700; i += 7)
            user.erase(numbered(i));
        auto const whole = sizes(user.list("a/"));
        REQUIRE(whole.size() == 600);
        for (std::size_t const limit : {1u, 50u, 299u, 300u, 599u, 600u, 601u}) {
            CAPTURE(limit);
            list_query query{"a/"};
            query.limit = limit;
            query.at = user.newest();
            std::vector<int> joined;
            auto const before = sizes(user.list("a/", query.at));
            for (int round = 0;; ++round) {
                auto const page = user.list(query);
                CHECK(page.at == query.at);
                CHECK(page.entries.size() <= limit);
                for (auto const size : sizes(page))
                    joined.push_back(size);
                CHECK(page.more == (joined.size() < before.size()));
                if (!page.more)
                    break;
                query.after = page.last_key;
                if (round < 20) {
                    user.put(numbered(round * 31), -round);
                    user.erase(numbered(round * 31 + 1));
                    user.put("a/0" + std::to_string(round), 0);
                }
            }
            CHECK(joined == before);
        }
    });
}

TEST_CASE("a list goes on behind a key that is not there any more")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        for (auto const* const key : {"a/a", "a/b", "a/c"})
            user.put(key, key[2]);
        user.erase("a/b");
        opened.compact(user.put("a/d", 'd'));
        list_query behind{"a/"};
        behind.after = "a/b";
        CHECK(sizes(user.list(behind)) == std::vector<int>{'c', 'd'});
    });
}

TEST_CASE("a place before the prefix is where the prefix begins, and one behind it is its end")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/x", 1);
        user.put("b/x", 2);
        user.put("c/x", 3);
        list_query query{"b/"};
        query.after = "a/x";
        CHECK(sizes(user.list(query)) == std::vector{2});
        for (auto const* const behind : {"b/y", "c/x", "c/y"}) {
            query.after = behind;
            CHECK(user.list(query).entries.empty());
        }
    });
}

TEST_CASE("a page whose revision was compacted away is gone")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        for (int i = 0; i < 10; ++i)
            user.put(numbered(i), i);
        list_query query{"a/"};
        query.limit = 4;
        auto const first = user.list(query);
        query.at = first.at;
        query.after = first.last_key;
        opened.compact(user.put("a/x", 0));
        CHECK(fails_with(errc::gone, [&] { user.list(query); }));
    });
}

namespace {

void write_pairs(any_store store, std::atomic<bool>& stop)
{
    session user{store};
    for (int i = 1; !stop; ++i) {
        transaction write = put(numbered(0), i);
        write.put(numbered(2999), make_gadget(i));
        user.commit(std::move(write));
    }
}

} // namespace

TEST_CASE("a long list is one snapshot under concurrent writes")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        for (int i = 0; i < 3000; ++i)
            user.put(numbered(i), 0);
        std::atomic<bool> stop = false;
        std::thread writer{write_pairs, opened.store(), std::ref(stop)};
        for (int i = 0; i < 60; ++i) {
            auto const page = user.list("a/");
            REQUIRE(page.entries.size() == 3000);
            auto const& first = page.entries.front();
            auto const& last = page.entries.back();
            CHECK(size_of(first.value) == size_of(last.value));
            CHECK(first.modified <= page.at);
            CHECK((first.version == 1 || first.modified == last.modified));
        }
        stop = true;
        writer.join();
    });
}
