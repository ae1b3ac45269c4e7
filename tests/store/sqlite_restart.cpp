// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "reopened_store.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

TEST_CASE("a restart keeps revisions, counts of writes, leases and the incarnation")
{
    reopened it;
    auto const lease = it.grant(10s, at(0s));
    it.user->put("a/x", 1);
    it.user->put("a/x", 2);
    it.user->commit(put("a/y", 3, lease));
    it.user->put("a/z", 4);
    it.user->erase("a/z");
    auto const before = it.store->get("a/x");
    auto const incarnation = it.store->incarnation();
    for (int i = 0; i < 3; ++i) {
        it.reopen();
        auto const after = it.store->get("a/x");
        CHECK(after->created == before->created);
        CHECK(after->modified == before->modified);
        CHECK(after->version == 2);
        CHECK(after->value.metadata().resource_version == after->modified);
        CHECK(it.store->get("a/y")->lease == lease);
        CHECK_FALSE(it.store->get("a/z").has_value());
        CHECK(it.store->newest() == revision{5});
        CHECK(it.store->incarnation() == incarnation);
        CHECK(it.store->stats().keys == 2);
        CHECK(it.store->stats().history_events == 5);
    }
    CHECK(it.user->put("a/z", 5) == revision{6});
    CHECK(it.store->get("a/z")->version == 1);
}

TEST_CASE("the newest revision is never given again, though its key is gone and its history too")
{
    reopened it;
    it.user->put("a/x", 1);
    auto const last = it.user->erase("a/x");
    it.store->compact(last);
    it.reopen();
    CHECK(it.store->newest() == last);
    CHECK(it.user->put("a/y", 1) == last.next());
}

TEST_CASE("a watch goes on across a restart as if there had been none")
{
    reopened it;
    it.user->put("a/x", 1);
    auto stream = it.user->watch("a/", revision{});
    auto const first = it.user->drain(*stream);
    REQUIRE(first.size() == 1);
    auto const place = stream->through();
    it.user->put("a/x", 2);
    it.user->erase("a/x");
    stream.reset();
    it.reopen();
    stream = it.user->watch("a/", place);
    it.user->put("a/x", 3);
    auto const events = it.user->drain(*stream);
    REQUIRE(events.size() == 3);
    CHECK(size_of(events[0].current) == 2);
    CHECK(size_of(events[0].previous) == 1);
    CHECK_FALSE(events[1].current);
    CHECK(size_of(events[1].previous) == 2);
    CHECK(size_of(events[2].current) == 3);
    CHECK_FALSE(events[2].previous);
    CHECK(events[2].at == revision{4});
}

TEST_CASE("a list of the past, and the pages of one, go on across a restart")
{
    reopened it;
    for (int i = 0; i < 4; ++i)
        it.user->put("a/" + std::to_string(i), i);
    list_query query{"a/"};
    query.limit = 2;
    auto const first = it.user->list(query);
    it.user->erase("a/3");
    it.reopen();
    query.at = first.at;
    query.after = first.last_key;
    auto const second = it.user->list(query);
    REQUIRE(second.entries.size() == 2);
    CHECK(size_of(second.entries[1].value) == 3);
    CHECK(it.user->list("a/").entries.size() == 3);
}

TEST_CASE("after a restart a lease has its whole span anew, from the first time that is told")
{
    reopened it;
    auto const lease = it.grant(10s, at(100s));
    it.user->commit(put("a/x", 1, lease));
    it.reopen();
    CHECK(it.housekeep(at(5s)) == at(15s));
    CHECK(it.user->get("a/x").has_value());
    CHECK(it.housekeep(at(15s) - 1ns) == at(15s));
    CHECK(it.user->get("a/x").has_value());
    CHECK(it.housekeep(at(15s)) == std::nullopt);
    CHECK_FALSE(it.user->get("a/x").has_value());
    it.reopen();
    CHECK_FALSE(it.user->get("a/x").has_value());
    CHECK_FALSE(it.store->renew_lease(lease, at(0s)));
    CHECK(it.store->stats().leases == 0);
}

TEST_CASE("a lease's number is never given again, whatever ended and whoever restarts")
{
    reopened it;
    lease_id last = lease_id::none;
    for (int i = 0; i < 4; ++i) {
        auto const granted = it.grant(1s, at(0s));
        CHECK(granted > last);
        last = granted;
        it.housekeep(at(1s));
        it.reopen();
        CHECK_FALSE(it.store->renew_lease(last, at(0s)));
    }
}

TEST_CASE("the newest revision stays in the history across a restart, however short that is then")
{
    reopened it;
    it.user->put("a/x", 1);
    auto const before = it.user->put("a/y", 1);
    transaction all;
    for (int i = 0; i < 3; ++i)
        all.put("a/" + std::to_string(i), make_gadget(i));
    auto const newest = it.user->commit(std::move(all)).at;
    it.options.history.events = 1;
    it.reopen();
    CHECK(it.store->stats().history_events == 3);
    CHECK(it.user->drain(*it.user->watch("", before)).size() == 3);
    CHECK(it.user->list("", newest).entries.size() == 5);
}

TEST_CASE("a file of many rows is read whole, and in order")
{
    // More than two of the portions that are put into memory while the next is read.
    constexpr int rows = 36'000;
    constexpr int keys = 1'500;
    reopened it;
    for (int begin = 0; begin < rows; begin += keys) {
        transaction all;
        for (int i = 0; i < keys; ++i)
            all.put("a/" + std::to_string(i), make_gadget(begin + i));
        it.user->commit(std::move(all));
    }
    it.user->erase("a/7");
    it.reopen();
    CHECK(it.store->stats().keys == keys - 1);
    CHECK(it.store->stats().history_events == rows + 1);
    auto const latest = it.store->list(list_query{""}).entries;
    REQUIRE(latest.size() == keys - 1);
    for (auto const& each : latest) {
        REQUIRE(size_of(each.value) >= rows - keys);
        REQUIRE(each.version == rows / keys);
    }
    CHECK(it.user->list("", revision{1}).entries.size() == keys);
    CHECK(size_of(it.store->get("a/7", revision{2})->value) == keys + 7);
}
