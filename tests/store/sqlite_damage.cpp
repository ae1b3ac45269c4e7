// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "reopened_store.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

namespace {

/// What SQLite answers to somebody else who writes.
[[nodiscard]] int written(std::string const& file, std::string const& sql)
{
    sqlite3* open = nullptr;
    REQUIRE(::sqlite3_open(file.c_str(), &open) == SQLITE_OK);
    auto const answer = ::sqlite3_exec(open, sql.c_str(), nullptr, nullptr, nullptr);
    ::sqlite3_close(open);
    return answer;
}

/// Why the file is refused; empty if it is not.
[[nodiscard]] std::string refusal(reopened& it, errc expected)
{
    try {
        it.reopen();
    } catch (error const& refused) {
        CHECK(refused.is(expected));
        CHECK(std::string{refused.what()}.find(it.file()) != std::string::npos);
        return refused.what();
    }
    return {};
}

[[nodiscard]] bool says(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

constexpr int objects = 200;

void check_whole(sqlite_store const& store)
{
    CHECK(store.stats().keys == objects);
    for (int i = 0; i < objects; ++i)
        CHECK(size_of(store.get("a/" + std::to_string(i))->value) == i);
}

} // namespace

TEST_CASE("a damaged page is found when the file is opened, or holds nothing that is stored")
{
    constexpr std::size_t page = 8192;
    reopened it;
    for (int i = 0; i < objects; ++i)
        it.user->put("a/" + std::to_string(i), i);
    (void)it.grant(1h, at(0s));
    it.close();
    auto const pages = std::filesystem::file_size(it.file()) / page;
    REQUIRE(pages > 8);
    std::filesystem::copy_file(it.file(), it.file() + "-good");
    std::size_t refused = 0;
    for (std::size_t i = 0; i < pages; ++i) {
        CAPTURE(i);
        {
            std::fstream file{it.file(), std::ios::binary | std::ios::in | std::ios::out};
            file.seekp(static_cast<std::streamoff>(i * page));
            file << std::string(page, '\xA5');
        }
        if (refusal(it, i == 0 ? errc::invalid : errc::unavailable) == "")
            check_whole(*it.store);
        else
            ++refused;
        it.close();
        std::filesystem::copy_file(it.file() + "-good", it.file(),
                                   std::filesystem::copy_options::overwrite_existing);
    }
    CHECK(refused > pages / 2);
    CHECK(refusal(it, errc::unavailable) == "");
    check_whole(*it.store);
}

TEST_CASE("a file in which a table is missing is refused by its name")
{
    for (std::string const table : {"store", "kinds", "leases", "changes"}) {
        CAPTURE(table);
        reopened it;
        it.user->put("a/x", 1);
        it.close();
        REQUIRE(written(it.file(), "DROP TABLE " + table) == SQLITE_OK);
        CHECK(says(refusal(it, errc::unavailable), "no such table: " + table));
    }
}

TEST_CASE("a file in which a kind is missing is refused by the key that is of it, and its number")
{
    reopened it;
    it.user->put("a/x", 1);
    it.close();
    REQUIRE(written(it.file(), "UPDATE changes SET kind = 77") == SQLITE_OK);
    auto const text = refusal(it, errc::invalid);
    CHECK(says(text, "\"a/x\" of kind 77"));
}

TEST_CASE("an erased key hangs on no lease, whatever somebody wrote into the file")
{
    reopened it;
    auto const lease = it.grant(1s, at(0s));
    it.user->commit(put("a/x", 1, lease));
    it.user->erase("a/x");
    it.close();
    REQUIRE(written(it.file(), "UPDATE changes SET lease = " +
                                   std::to_string(static_cast<std::uint64_t>(lease)) +
                                   " WHERE value IS NULL") == SQLITE_OK);
    it.options.history.events = 1;
    it.reopen();
    // The erasure leaves the history, and the key the memory.
    auto newest = it.user->put("a/y", 1);
    newest = it.user->put("a/y", 2);
    CHECK(it.store->stats().erased_keys == 0);
    it.housekeep(at(0s));
    it.housekeep(at(1h));
    CHECK(it.store->stats().leases == 0);
    CHECK(it.store->newest() == newest);
}

TEST_CASE("a commit that fails on the way leaves nothing of itself, and no lock on the file")
{
    reopened it;
    auto const begin = it.user->put("a/x", 1);
    // Where the second change of the next revision will go.
    auto const taken = ((begin.value() + 1) << 20) + 1;
    REQUIRE(written(it.file(), "INSERT INTO changes VALUES (" + std::to_string(taken) +
                                   ", 'a/foreign', 0, 0, 0, 0, NULL)") == SQLITE_OK);
    transaction both;
    both.put("a/y", make_gadget(1));
    both.put("a/z", make_gadget(1));
    CHECK(fails_with(errc::indeterminate, [&] { it.user->commit(std::move(both)); }));
    CHECK(says(it.store->health().failure, "UNIQUE constraint failed"));
    CHECK(it.store->newest() == begin);
    REQUIRE(written(it.file(), "DELETE FROM changes WHERE id = " + std::to_string(taken)) ==
            SQLITE_OK);
    it.reopen();
    CHECK(it.store->stats().keys == 1);
    CHECK(it.store->newest() == begin);
    CHECK(it.user->put("a/y", 2) == begin.next());
}
