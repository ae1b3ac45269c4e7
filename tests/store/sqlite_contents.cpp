// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "faulty_vfs.hpp"
#include "reopened_store.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

namespace {

using row = std::vector<std::string>;

/// What the `sqlite3` shell would print.
[[nodiscard]] std::vector<row> rows_of(std::string const& file, std::string const& sql)
{
    sqlite3* open = nullptr;
    REQUIRE(::sqlite3_open_v2(file.c_str(), &open, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    std::vector<row> all;
    auto const take = [](void* into, int count, char** values, char**) {
        auto& added = static_cast<std::vector<row>*>(into)->emplace_back();
        for (int i = 0; i < count; ++i)
            added.emplace_back(values[i] ? values[i] : "NULL");
        return 0;
    };
    CHECK(::sqlite3_exec(open, sql.c_str(), take, &all, nullptr) == SQLITE_OK);
    ::sqlite3_close(open);
    return all;
}

[[nodiscard]] std::size_t rows_in(std::string const& file)
{
    return std::stoul(rows_of(file, "SELECT count(*) FROM changes")[0][0]);
}

} // namespace

TEST_CASE("what left the history leaves the file, also after a restart")
{
    reopened it;
    it.options.history.events = 10;
    it.reopen();
    for (int i = 0; i < 600; ++i)
        it.user->put("a/" + std::to_string(i % 3), i);
    // Rows go in steps of some hundred; what is left goes when the store is closed.
    it.close();
    CHECK(rows_in(it.file()) <= 14);
    it.options.history.events = 100'000;
    it.reopen();
    for (int i = 0; i < 600; ++i)
        it.user->put("a/" + std::to_string(i % 3), i);
    it.close();
    CHECK(rows_in(it.file()) >= 600);
    it.options.history.events = 10;
    it.reopen();
    CHECK(it.store->stats().history_events <= 11);
    it.close();
    CHECK(rows_in(it.file()) <= 14);
    it.reopen();
    CHECK(it.store->newest() == revision{1200});
    CHECK(size_of(it.store->get("a/2")->value) == 599);
}

TEST_CASE("an interrupted sweep brings back nothing, wherever it stops")
{
    // Twice as many rows as are dropped at a time: keys that came and went.
    constexpr int keys = 1100;
    temporary_folder folder;
    faulty_disk disk;
    std::vector<std::size_t> moments;
    revision newest;
    sqlite_store_options how;
    how.vfs = disk.name();
    {
        sqlite_store store{folder.file("store"), resource_types<gadget>(), how};
        disk.names_are_durable();
        session user{any_store{store}};
        transaction all;
        transaction none;
        for (int i = 0; i < keys; ++i) {
            auto const key = "a/" + std::to_string(i);
            all.put(key, make_gadget(i));
            none.erase(key);
        }
        // One row more at both ends, so that what is dropped at a time ends between a key and its
        // erasure, whichever way round.
        user.put("b/x", 0);
        user.put("b/x", 1);
        user.commit(std::move(all));
        user.commit(std::move(none));
        user.put("b/y", 0);
        user.put("b/y", 1);
        newest = user.put("b/z", 0);
    }
    // Opened with a shorter memory, it has all of it to drop at once.
    how.history.events = 1;
    how.on_step = [&](storage_step what) {
        if (what == storage_step::after_commit)
            moments.push_back(disk.changes());
    };
    {
        sqlite_store const store{folder.file("store"), resource_types<gadget>(), how};
    }
    CHECK(moments.size() > 1);
    for (auto const moment : moments) {
        temporary_folder left;
        disk.leave(moment, survival::everything, 1, left.file("."));
        faulty_disk healthy;
        sqlite_store_options options;
        options.vfs = healthy.name();
        sqlite_store const store{left.file("store"), resource_types<gadget>(), options};
        CHECK(store.stats().keys == 3);
        CHECK(store.newest() == newest);
    }
}

TEST_CASE("the sqlite3 shell can look at what a store holds and at its history, while it is open")
{
    reopened it;
    auto const lease = it.grant(1s, at(0s));
    it.user->put("a/x", 1);
    it.user->commit(put("a/y", 2, lease));
    it.user->put("a/x", 3);
    it.user->erase("a/y");
    it.user->put("a/z", 4);
    auto const objects =
        rows_of(it.file(), "SELECT key, api_version, kind, created, modified, version, lease, "
                           "json_extract(value, '$.spec.size') FROM objects");
    REQUIRE(objects.size() == 2);
    CHECK(objects[0] == row{"a/x", "test.converge.dev/v1", "Gadget", "1", "3", "2", "0", "3"});
    CHECK(objects[1] == row{"a/z", "test.converge.dev/v1", "Gadget", "5", "5", "1", "0", "4"});
    auto const history = rows_of(it.file(), "SELECT revision, key, change FROM history");
    CHECK(history == std::vector<row>{{"1", "a/x", "put"},
                                      {"2", "a/y", "put"},
                                      {"3", "a/x", "put"},
                                      {"4", "a/y", "erased"},
                                      {"5", "a/z", "put"}});
    CHECK(rows_of(it.file(), "PRAGMA integrity_check") == std::vector<row>{{"ok"}});
}

TEST_CASE("an object that cannot be decoded fails whoever reads it, by its name, and nobody else")
{
    reopened it;
    auto const bad = it.user->put("a/bad", 1);
    it.user->put("a/good", 2);
    it.close();
    (void)rows_of(it.file(), "UPDATE changes SET value = json_set(value, '$.spec.size', 'large') "
                             "WHERE key = 'a/bad'");
    it.reopen();
    auto const held = it.store->get("a/bad");
    REQUIRE(held);
    CHECK(held->modified == bad);
    std::string text;
    for (int i = 0; i < 2; ++i)
        try {
            (void)held->value.as<gadget>();
        } catch (error const& refused) {
            CHECK(refused.is(errc::invalid));
            CHECK(refused.reason().path == "spec.size");
            CHECK(refused.reason().object.kind == "Gadget");
            text = refused.what();
        }
    CHECK(text.find("gadget") != std::string::npos);
    CHECK(text.find("spec.size") != std::string::npos);
    CHECK(text.find("revision 1") != std::string::npos);
    CHECK(it.user->list("a/").entries.size() == 2);
    CHECK(size_of(it.store->get("a/good")->value) == 2);
    auto const stream = it.user->watch("a/", revision{});
    CHECK(it.user->drain(*stream).size() == 2);
    it.user->put("a/bad", 3);
    CHECK(size_of(it.store->get("a/bad")->value) == 3);
    it.user->erase("a/bad");
    CHECK(it.store->health().failure == "");
}

TEST_CASE("a file in which a lease is missing is refused by the key that hangs on it")
{
    reopened it;
    it.user->commit(put("a/x", 1, it.grant(1s, at(0s))));
    it.close();
    (void)rows_of(it.file(), "DELETE FROM leases");
    CHECK(fails_with(errc::invalid, [&] { it.reopen(); }));
}

TEST_CASE("who reads the file for long keeps its log from being folded, and keeps nobody waiting")
{
    constexpr std::size_t limit = 60'000;
    reopened it;
    it.options.log_bytes = limit;
    it.reopen();
    auto const put_some = [&it] {
        transaction write;
        write.put("a/x", make_gadget(1, std::string(4'000, 'x')));
        it.user->commit(std::move(write));
        return it.store->health().log_bytes;
    };
    sqlite3* reader = nullptr;
    REQUIRE(::sqlite3_open(it.file().c_str(), &reader) == SQLITE_OK);
    put_some();
    auto const look = "BEGIN; SELECT count(*) FROM changes";
    REQUIRE(::sqlite3_exec(reader, look, nullptr, nullptr, nullptr) == SQLITE_OK);
    std::size_t log = 0;
    for (int i = 0; i < 60; ++i)
        log = put_some();
    CHECK(log > 3 * limit);
    CHECK(it.store->health().failure == "");
    ::sqlite3_close(reader);
    std::size_t most = 0;
    bool folded = false;
    for (int i = 0; i < 60; ++i) {
        log = put_some();
        folded = folded || log < limit;
        most = folded ? std::max(most, log) : 0;
    }
    CHECK(folded);
    CHECK(most < 2 * limit);
}
