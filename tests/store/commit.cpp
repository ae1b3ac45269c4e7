// SPDX-License-Identifier: BSL-1.0
#include <converge/store/transaction.hpp>

#include "store_under_test.hpp"

#include <algorithm>
#include <set>
#include <thread>

using namespace converge;
using namespace store_test;

TEST_CASE("every commit gets one revision, higher than all before")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        for (std::uint64_t i = 1; i <= 20; ++i) {
            CHECK(user.put("a/" + std::to_string(i % 3), 0) == revision{i});
            CHECK(user.newest() == revision{i});
        }
    });
}

TEST_CASE("reads, refused commits and commits that write nothing take no revision")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const last = user.put("a/x", 1);
        auto const refused = user.commit(std::move(put("a/x", 2).when(compare::absent("a/x"))));
        CHECK_FALSE(refused.succeeded);
        CHECK(refused.at == last);
        auto const nothing = user.commit(erase("a/absent"));
        CHECK(nothing.succeeded);
        CHECK(nothing.at == last);
        REQUIRE(nothing.entries.size() == 1);
        CHECK_FALSE(nothing.entries[0].has_value());
        CHECK(user.commit(transaction{}).at == last);
        (void)user.get("a/x");
        (void)user.list("a/");
        CHECK(user.newest() == last);
        CHECK(size_of(user.get("a/x")->value) == 1);
    });
}

TEST_CASE("a transaction writes all its keys at one revision")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/old", 1);
        transaction write;
        write.put("a/x", make_gadget(2)).put("b/y", make_gadget(3)).erase("a/old").erase("a/none");
        auto const outcome = user.commit(std::move(write));
        CHECK(outcome.succeeded);
        CHECK(user.get("a/x")->modified == outcome.at);
        CHECK(user.get("b/y")->modified == outcome.at);
        CHECK_FALSE(user.get("a/old").has_value());
        REQUIRE(outcome.entries.size() == 4);
        CHECK(size_of(outcome.entries[0]->value) == 2);
        CHECK(outcome.entries[1]->version == 1);
        CHECK(size_of(outcome.entries[2]->value) == 1);
        CHECK_FALSE(outcome.entries[3].has_value());
    });
}

TEST_CASE("conditions see the state before the transaction, and all of them must hold")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const first = user.put("a/x", 1);
        auto const last = user.put("a/x", 2);
        auto const taken = [&user](std::vector<compare> conditions) {
            transaction write;
            write.conditions = std::move(conditions);
            write.put("a/y", make_gadget(0)).erase("a/x");
            write.otherwise.push_back(operation::erase("a/nothing"));
            auto const succeeded = user.commit(std::move(write)).succeeded;
            if (succeeded) {
                user.erase("a/y");
                user.put("a/x", 3);
            }
            return succeeded;
        };
        CHECK_FALSE(taken({compare::modified_at("a/x", first)}));
        CHECK_FALSE(taken({compare::absent("a/x")}));
        CHECK_FALSE(taken({compare::exists("a/y")}));
        CHECK_FALSE(taken({compare::modified_at("a/none", revision{})}));
        CHECK_FALSE(taken({compare::version_is("a/x", 1)}));
        CHECK_FALSE(taken({compare::version_is("a/none", 0)}));
        CHECK_FALSE(taken({compare::modified_at("a/x", last), compare::exists("a/y")}));
        CHECK(taken({compare::modified_at("a/x", last), compare::absent("a/y")}));
        CHECK(taken({compare::exists("a/x")}));
        CHECK(taken({compare::version_is("a/x", 1)}));
    });
}

TEST_CASE("otherwise is written, all of it, when a condition fails")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        transaction write = put("a/then", 1);
        write.when(compare::exists("a/none"));
        write.otherwise.push_back(operation::put("a/x", make_gadget(2)));
        write.otherwise.push_back(operation::put("a/y", make_gadget(3)));
        auto const outcome = user.commit(std::move(write));
        CHECK_FALSE(outcome.succeeded);
        CHECK(outcome.at == revision{1});
        CHECK_FALSE(user.get("a/then").has_value());
        CHECK(user.get("a/x")->modified == revision{1});
        CHECK(user.get("a/y")->modified == revision{1});
    });
}

TEST_CASE("a branch that writes a key twice is refused, whichever is taken, and writes nothing")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        CHECK(fails_with(errc::invalid, [&user] {
            transaction write = put("a/x", 1);
            write.put("a/z", make_gadget(0)).erase("a/x");
            user.commit(std::move(write));
        }));
        CHECK(fails_with(errc::invalid, [&user] {
            transaction write = put("a/x", 1);
            write.otherwise.push_back(operation::erase("a/y"));
            write.otherwise.push_back(operation::put("a/y", make_gadget(2)));
            user.commit(std::move(write));
        }));
        CHECK(user.newest() == revision{});
        transaction one_in_each = put("a/x", 1);
        one_in_each.otherwise.push_back(operation::erase("a/x"));
        CHECK(user.commit(std::move(one_in_each)).succeeded);
    });
}

TEST_CASE("created, modified and version follow one life of a key and start anew with the next")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const check = [&user](std::uint64_t created, std::uint64_t modified,
                                   std::uint64_t version) {
            auto const now = user.get("a/x");
            REQUIRE(now.has_value());
            CHECK(now->created == revision{created});
            CHECK(now->modified == revision{modified});
            CHECK(now->version == version);
        };
        user.put("a/x", 1);
        check(1, 1, 1);
        user.put("a/other", 1);
        user.put("a/x", 2);
        check(1, 3, 2);
        user.erase("a/x");
        CHECK_FALSE(user.get("a/x").has_value());
        user.put("a/x", 3);
        check(5, 5, 1);
        user.put("a/x", 4);
        check(5, 6, 2);
    });
}

TEST_CASE("an object carries the revision of its write, wherever it is read")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const stream = user.watch("a/", revision{});
        user.put("b/y", 0);
        auto const outcome = user.commit(put("a/x", 1));
        auto const version_of = [](any_object const& value) {
            return value.metadata().resource_version;
        };
        CHECK(outcome.at == revision{2});
        CHECK(version_of(outcome.entries[0]->value) == outcome.at);
        CHECK(version_of(user.get("a/x")->value) == outcome.at);
        CHECK(version_of(user.list("a/").entries[0].value) == outcome.at);
        CHECK(version_of(user.drain(*stream)[0].current) == outcome.at);
    });
}

namespace {

void add_ones(any_store store, int times, std::vector<revision>& won)
{
    session user{store};
    while (times > 0) {
        auto const now = user.get("a/counter");
        auto write = put("a/counter", size_of(now->value) + 1);
        write.when(compare::modified_at("a/counter", now->modified));
        auto const outcome = user.commit(std::move(write));
        if (!outcome.succeeded)
            continue;
        won.push_back(outcome.at);
        --times;
    }
}

} // namespace

TEST_CASE("of concurrent conditional writes exactly one wins each revision")
{
    for_every_store([](store_under_test& opened) {
        constexpr int writers = 4;
        constexpr int each = 300;
        session user{opened.store()};
        user.put("a/counter", 0);
        std::vector<std::vector<revision>> won(writers);
        std::vector<std::thread> threads;
        for (auto& mine : won)
            threads.emplace_back(add_ones, opened.store(), each, std::ref(mine));
        for (auto& thread : threads)
            thread.join();
        std::set<revision> all;
        for (auto const& mine : won) {
            CHECK(std::ranges::is_sorted(mine));
            all.insert(mine.begin(), mine.end());
        }
        CHECK(all.size() == writers * each);
        CHECK(size_of(user.get("a/counter")->value) == writers * each);
        CHECK(user.newest() == revision{1 + writers * each});
    });
}
