// SPDX-License-Identifier: BSL-1.0
#include "writer_process.hpp"

#include "store/crash_checker.hpp"
#include "store/read_back.hpp"
#include "store/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace converge;
using namespace kill_test;
using namespace store_test;

namespace {

/// What a killed writer left, and what it told; its files are spoilt copy by copy.
class scene {
public:
    scene()
    {
        writer_plan plan;
        plan.file = folder_.file("store");
        plan.users = 6;
        // All in the log.
        plan.log_bytes = 10'000'000;
        death end;
        end.after_lines = 900;
        auto const told = run_writer(plan, end);
        REQUIRE(told.killed);
        for (auto const& line : told.lines)
            log.read(line);
        REQUIRE(log.acknowledged.size() > 50);
    }

    /// What is found wrong after `sql` was run on a copy of the file.
    [[nodiscard]] std::vector<std::string> wrong_after(std::string const& sql) const
    {
        temporary_folder copy;
        for (auto const* const part : {"store", "store-wal"})
            std::filesystem::copy_file(folder_.file(part), copy.file(part));
        if (!sql.empty())
            spoil(copy.file("store"), sql);
        return judge(copy.file("store"));
    }

    /// The same, after the end of the log was cut off.
    [[nodiscard]] std::vector<std::string> wrong_after_cut(std::uintmax_t bytes) const
    {
        temporary_folder copy;
        for (auto const* const part : {"store", "store-wal"})
            std::filesystem::copy_file(folder_.file(part), copy.file(part));
        auto const log_file = copy.file("store-wal");
        auto const size = std::filesystem::file_size(log_file);
        REQUIRE(size > bytes);
        std::filesystem::resize_file(log_file, size - bytes);
        return judge(copy.file("store"));
    }

    crash_log log;

private:
    static void spoil(std::string const& file, std::string const& sql)
    {
        sqlite3* open = nullptr;
        REQUIRE(::sqlite3_open(file.c_str(), &open) == SQLITE_OK);
        CHECK(::sqlite3_exec(open, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
        CHECK(::sqlite3_total_changes(open) > 0);
        ::sqlite3_close(open);
    }

    [[nodiscard]] std::vector<std::string> judge(std::string const& file) const
    {
        try {
            sqlite_store store{file, resource_types<mark>()};
            return crash_checker{}.check(log, read_back(store, 100));
        } catch (error const& refused) {
            return {refused.what()};
        }
    }

    temporary_folder folder_;
};

} // namespace

TEST_CASE("a file that was spoilt before it is opened again is found out, whatever was done to it")
{
    scene const it;
    REQUIRE(it.wrong_after("") == std::vector<std::string>{});
    auto const newest = std::to_string(it.log.newest.value());
    for (auto const& sql : std::vector<std::string>{
             "DELETE FROM changes WHERE id >> 20 >= " + newest,
             "DELETE FROM changes WHERE id >> 20 = " + newest + " / 2",
             "DELETE FROM changes WHERE id = (SELECT max(id) FROM changes WHERE id % 1048576 = 1 "
             "AND id >> 20 <= " +
                 newest + ")",
             "DELETE FROM changes WHERE id >> 20 > 3",
             "UPDATE changes SET value = (SELECT value FROM changes WHERE value NOT NULL ORDER BY "
             "id LIMIT 1) WHERE id = (SELECT id FROM changes WHERE value NOT NULL ORDER BY id "
             "LIMIT 1 OFFSET 5)",
             "UPDATE changes SET key = 'a/other' WHERE id = (SELECT id FROM changes WHERE value "
             "NOT NULL LIMIT 1 OFFSET 5)",
             "UPDATE changes SET version = version + 1", "UPDATE changes SET created = created - 1",
             "UPDATE changes SET lease = lease + 1",
             "UPDATE store SET compacted = " + newest + " + 5000, reserved = " + newest +
                 " + 5000"}) {
        INFO(sql);
        CHECK_FALSE(it.wrong_after(sql).empty());
    }
}

TEST_CASE("a log that lost its end is found out")
{
    scene const it;
    auto const frame = std::uintmax_t{4096 + 24};
    CHECK_FALSE(it.wrong_after_cut(30 * frame).empty());
}

TEST_CASE("a writer that acknowledges what it did not write is found out")
{
    scene it;
    auto const next = it.log.newest.next().value() + 100;
    SUBCASE("an acknowledgement") { it.log.read("ack 999 " + std::to_string(next)); }
    SUBCASE("a read") { it.log.read("saw " + std::to_string(next) + " a/k0 16"); }
    SUBCASE("a lease") { it.log.read("lease 99 1000000000000 0"); }
    CHECK_FALSE(it.wrong_after("").empty());
}
