// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/detail/sqlite_backup.hpp>

#include <converge/core/failure.hpp>
#include <converge/store/detail/posix_file.hpp>
#include <converge/store/detail/sqlite_api.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace converge::detail {

/// How many pages a step copies: what a commit may have to wait for.
inline constexpr int backup_pages = 256;

CONVERGE_DECL sqlite_backup::sqlite_backup(std::string to)
    : to_{std::move(to)},
      partial_{to_ + "-partial"}
{
    if (::access(to_.c_str(), F_OK) == 0)
        throw error{errc::already_exists,
                    in_quotes(to_) + " exists; a backup goes to a file of its own"};
    ::unlink(partial_.c_str());
    make_private_file(partial_);
}

CONVERGE_DECL sqlite_backup::sqlite_backup(sqlite_file& from, std::string to)
    : sqlite_backup{std::move(to)}
{
    sqlite3* opened = nullptr;
    auto const answer = sqlite3_open_v2(partial_.c_str(), &opened,
                                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    open_.reset(opened);
    if (answer != SQLITE_OK)
        fail("open");
    copying_ = sqlite3_backup_init(open_.get(), "main", from.connection(), "main");
    if (!copying_)
        fail("write");
}

CONVERGE_DECL sqlite_backup::~sqlite_backup()
{
    if (copying_)
        sqlite3_backup_finish(copying_);
    open_.reset();
    ::unlink(partial_.c_str());
}

CONVERGE_DECL bool sqlite_backup::step()
{
    auto const answer = sqlite3_backup_step(copying_, backup_pages);
    if (answer == SQLITE_OK)
        return false;
    sqlite3_backup_finish(std::exchange(copying_, nullptr));
    if (answer != SQLITE_DONE)
        fail("write");
    finish();
    return true;
}

CONVERGE_DECL void sqlite_backup::finish()
{
    // Away from the write-ahead log: the copy is then one file, and is marked in a step that is
    // durable before it gets its name.
    auto const mark = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; "
                      "UPDATE store SET backup = 1";
    if (sqlite3_exec(open_.get(), mark, nullptr, nullptr, nullptr) != SQLITE_OK)
        fail("write");
    open_.reset();
    bool const named = ::link(partial_.c_str(), to_.c_str()) == 0;
    if (!named && errno == EEXIST)
        throw error{errc::already_exists,
                    in_quotes(to_) + " exists; a backup goes to a file of its own"};
    if (!named)
        throw error{errc::unavailable,
                    "cannot name " + in_quotes(to_) + ": " + std::strerror(errno)};
    sync_folder(to_);
}

CONVERGE_DECL void sqlite_backup::fail(std::string const& doing) const
{
    throw error{errc::unavailable, "cannot " + doing + " the backup " + in_quotes(partial_) + ": " +
                                       sqlite3_errmsg(open_.get())};
}

} // namespace converge::detail
