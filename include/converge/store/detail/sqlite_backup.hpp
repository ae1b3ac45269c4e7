// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/store/detail/sqlite_file.hpp>
#include <converge/store/detail/sqlite_handles.hpp>

#include <string>

namespace converge::detail {

/// A copy of a file's committed state, made in small steps between commits.
class sqlite_backup {
public:
    /// @throws errc::already_exists, errc::unavailable.
    CONVERGE_DECL sqlite_backup(sqlite_file& from, std::string to);
    /// Removes what is not complete.
    CONVERGE_DECL ~sqlite_backup();
    sqlite_backup(sqlite_backup const&) = delete;
    sqlite_backup& operator=(sqlite_backup const&) = delete;

    /// Copies some pages. @returns whether the copy is complete, durable and in its place.
    CONVERGE_DECL bool step();

private:
    /// Makes the file. Who is made by it is destroyed if what follows fails, and the file with it.
    CONVERGE_DECL explicit sqlite_backup(std::string to);
    CONVERGE_DECL void finish();
    [[noreturn]] CONVERGE_DECL void fail(std::string const& doing) const;

    std::string to_;
    std::string partial_;
    sqlite_connection open_;
    sqlite3_backup* copying_ = nullptr;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/sqlite_backup.ipp>
#endif
