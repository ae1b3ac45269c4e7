// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/detail/sqlite_handles.hpp>

#include <converge/store/detail/sqlite_api.hpp>

namespace converge::detail {

CONVERGE_DECL void sqlite_closer::operator()(sqlite3* open) const noexcept { sqlite3_close(open); }

CONVERGE_DECL void sqlite_finalizer::operator()(sqlite3_stmt* prepared) const noexcept
{
    sqlite3_finalize(prepared);
}

} // namespace converge::detail
