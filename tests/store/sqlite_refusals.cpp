// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "read_back.hpp"
#include "store_under_test.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>

using namespace converge;
using namespace store_test;

namespace {

constexpr char const* opened_elsewhere = "CONVERGE_OPEN_ELSEWHERE";

void with_sqlite(std::string const& file, std::string const& sql)
{
    sqlite3* open = nullptr;
    REQUIRE(::sqlite3_open(file.c_str(), &open) == SQLITE_OK);
    CHECK(::sqlite3_exec(open, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    ::sqlite3_close(open);
}

/// Why a file is refused; empty if it is not.
[[nodiscard]] std::string refusal(std::string const& file, errc expected)
{
    try {
        sqlite_store const opened{file, resource_types<gadget>()};
    } catch (error const& refused) {
        CHECK(refused.is(expected));
        CHECK(std::string{refused.what()}.find(file) != std::string::npos);
        return refused.what();
    }
    return {};
}

[[nodiscard]] bool says(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

[[nodiscard]] std::string content(std::string const& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void make_store(std::string const& file)
{
    sqlite_store made{file, resource_types<gadget>()};
    session{any_store{made}}.put("a/x", 1);
}

/// Starts this program again, as `another process`; tells its exit status.
[[nodiscard]] int open_elsewhere(std::string const& file)
{
    ::setenv(opened_elsewhere, file.c_str(), 1);
    char const* const arguments[] = {"other", "--no-skip", "--test-case=another process",
                                     "--out=/dev/null", nullptr};
    pid_t child = -1;
    REQUIRE(::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, const_cast<char**>(arguments),
                          environ) == 0);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

[[nodiscard]] unsigned mode_of(std::string const& file)
{
    struct stat about{};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    return about.st_mode & 0777u;
}

} // namespace

// Not a test: what `open_elsewhere` starts. Fails, and so ends with 1, if the file is refused.
TEST_CASE("another process" * doctest::skip())
{
    auto const* const file = std::getenv(opened_elsewhere);
    REQUIRE(file);
    CHECK(refusal(file, errc::unavailable) == "");
}

TEST_CASE("a file that is no database is refused and left as it is")
{
    temporary_folder folder;
    auto const file = folder.file("store");
    std::string const text(5000, 'x');
    std::ofstream{file} << text;
    CHECK(says(refusal(file, errc::invalid), "not an SQLite database"));
    CHECK(content(file) == text);
}

TEST_CASE("the database of another application is refused and left as it is")
{
    for (auto const* const sql :
         {"CREATE TABLE t (a)", "CREATE TABLE t (a); PRAGMA application_id = 7",
          "PRAGMA application_id = 7; PRAGMA user_version = 1",
          "CREATE TABLE t (a); PRAGMA journal_mode = WAL; INSERT INTO t VALUES (1)"}) {
        INFO(sql);
        temporary_folder folder;
        auto const file = folder.file("store");
        with_sqlite(file, sql);
        auto const before = content(file);
        CHECK(says(refusal(file, errc::invalid), "another application"));
        CHECK(content(file) == before);
    }
}

TEST_CASE("a file of a later version is refused by its number")
{
    temporary_folder folder;
    auto const file = folder.file("store");
    make_store(file);
    with_sqlite(file, "PRAGMA user_version = 99");
    CHECK(says(refusal(file, errc::invalid), "schema 99"));
    with_sqlite(file, "PRAGMA user_version = 1");
    CHECK(refusal(file, errc::invalid) == "");
}

TEST_CASE("a file that holds a kind that the program does not know is refused by its name")
{
    temporary_folder folder;
    auto const file = folder.file("store");
    {
        sqlite_store made{file, resource_types<gadget, mark>()};
        transaction write;
        write.put("a/x", make_mark("a/x", 1));
        session{any_store{made}}.commit(std::move(write));
    }
    auto const text = refusal(file, errc::invalid);
    CHECK(says(text, "Mark (test.converge.dev/v1)"));
    CHECK(says(text, "a/x"));
    sqlite_store const with_kind{file, resource_types<mark>()};
    CHECK(with_kind.get("a/x").has_value());
}

TEST_CASE("a kind that was not named when the store was opened cannot be stored")
{
    temporary_folder folder;
    sqlite_store store{folder.file("store"), resource_types<gadget>()};
    session user{any_store{store}};
    transaction write;
    write.put("a/x", make_mark("a/x", 1));
    CHECK(fails_with(errc::invalid, [&] { user.commit(std::move(write)); }));
    CHECK(user.put("a/x", 1) == revision{1});
}

TEST_CASE("a file is open in one store at a time, of any process")
{
    temporary_folder folder;
    auto const file = folder.file("store");
    std::optional<sqlite_store> first{std::in_place, file, resource_types<gadget>()};
    CHECK(says(refusal(file, errc::unavailable), "open in another store"));
    CHECK(open_elsewhere(file) != 0);
    CHECK(session{any_store{*first}}.put("a/x", 1) == revision{1});
    first.reset();
    CHECK(open_elsewhere(file) == 0);
    CHECK(refusal(file, errc::unavailable) == "");
}

TEST_CASE("a folder that is not there, or a folder in the place of the file, is refused")
{
    temporary_folder folder;
    CHECK(says(refusal(folder.file("none/store"), errc::unavailable), "No such file"));
    std::filesystem::create_directory(folder.file("store"));
    CHECK(refusal(folder.file("store"), errc::unavailable) != "");
    CHECK(std::filesystem::is_directory(folder.file("store")));
}

TEST_CASE("a name that is empty, or that the system cannot follow, is refused")
{
    temporary_folder folder;
    CHECK(says(refusal("", errc::invalid), "needs the name of a file"));
    std::filesystem::create_symlink("loop", folder.file("loop"));
    CHECK(refusal(folder.file("loop"), errc::unavailable) != "");
    CHECK(says(refusal(folder.file("loop/store"), errc::unavailable), "symbolic links"));
    CHECK(says(refusal(folder.file(std::string(300, 'x')), errc::unavailable), "too long"));
    std::ofstream{folder.file("plain")} << "x";
    CHECK(says(refusal(folder.file("plain/store"), errc::unavailable), "Not a directory"));
    std::filesystem::create_symlink("nowhere", folder.file("link"));
    CHECK(refusal(folder.file("link"), errc::unavailable) != "");
    CHECK_FALSE(std::filesystem::exists(folder.file("nowhere")));
}

TEST_CASE("a link to a file is that file")
{
    temporary_folder folder;
    make_store(folder.file("store"));
    std::filesystem::create_symlink("store", folder.file("link"));
    sqlite_store const open{folder.file("link"), resource_types<gadget>()};
    CHECK(open.get("a/x").has_value());
    CHECK(says(refusal(folder.file("store"), errc::unavailable), "open in another store"));
}

TEST_CASE("a file may be named from the working folder, and so may its backup")
{
    temporary_folder folder;
    auto const before = std::filesystem::current_path();
    std::filesystem::current_path(folder.file("."));
    {
        sqlite_store store{"store", resource_types<gadget>()};
        session user{any_store{store}};
        user.put("a/x", 1);
        user.finish(store.backup("copy"));
        CHECK(says(refusal("store", errc::unavailable), "open in another store"));
    }
    std::filesystem::current_path(before);
    for (auto const* const name : {"store", "copy"}) {
        sqlite_store const again{folder.file(name), resource_types<gadget>()};
        CHECK(again.get("a/x").has_value());
    }
}

TEST_CASE("a backup put beside the log of another file is refused until that is removed")
{
    temporary_folder folder;
    auto const copy = folder.file("copy");
    {
        sqlite_store store{folder.file("store"), resource_types<gadget>()};
        session user{any_store{store}};
        user.put("a/x", 1);
        user.finish(store.backup(copy));
        user.put("a/x", 2);
        std::filesystem::copy_file(folder.file("store-wal"), copy + "-wal");
    }
    auto const before = content(copy);
    auto const text = refusal(copy, errc::invalid);
    CHECK(says(text, copy + "-wal"));
    CHECK(says(text, "remove it"));
    CHECK(content(copy) == before);
    // An empty one holds nothing.
    std::ofstream{copy + "-wal"} << "";
    CHECK(refusal(copy, errc::invalid) == "");
    sqlite_store const opened{copy, resource_types<gadget>()};
    CHECK(size_of(opened.get("a/x")->value) == 1);
}

TEST_CASE("a VFS that cannot keep a write-ahead log, as on a disk elsewhere, is refused")
{
    temporary_folder folder;
    sqlite_store_options options;
    // SQLite's own, without the memory that the readers of a log share.
    options.vfs = "unix-dotfile";
    std::string text;
    try {
        sqlite_store const opened{folder.file("store"), resource_types<gadget>(), options};
    } catch (error const& refused) {
        CHECK(refused.is(errc::unavailable));
        text = refused.what();
    }
    CHECK(says(text, "write-ahead log"));
    CHECK(says(text, "local disk"));
}

TEST_CASE("a VFS that was not registered is refused")
{
    temporary_folder folder;
    sqlite_store_options options;
    options.vfs = "no such";
    CHECK(fails_with(errc::unavailable, [&] {
        sqlite_store const opened{folder.file("store"), resource_types<gadget>(), options};
    }));
}

TEST_CASE("only the owner can read a store's files, whatever the mask of the process")
{
    temporary_folder folder;
    auto const file = folder.file("store");
    auto const before = ::umask(0);
    {
        sqlite_store store{file, resource_types<gadget>()};
        session user{any_store{store}};
        user.put("a/x", 1);
        for (auto const* const beside : {"", "-wal", "-shm", "-lock"})
            CHECK(mode_of(file + beside) == 0600);
        user.finish(store.backup(folder.file("copy")));
        CHECK(mode_of(folder.file("copy")) == 0600);
    }
    ::umask(before);
}
