// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <memory>

struct sqlite3;
struct sqlite3_backup;
struct sqlite3_stmt;

namespace converge::detail {

/// Owns a connection to an SQLite file.
struct sqlite_closer {
    CONVERGE_DECL void operator()(sqlite3* open) const noexcept;
};
using sqlite_connection = std::unique_ptr<sqlite3, sqlite_closer>;

struct sqlite_finalizer {
    CONVERGE_DECL void operator()(sqlite3_stmt* prepared) const noexcept;
};
using sqlite_statement = std::unique_ptr<sqlite3_stmt, sqlite_finalizer>;

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/sqlite_handles.ipp>
#endif
