// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// The bodies of `sqlite_store`: include it in one source file of a program that uses that store and
/// defines CONVERGE_SEPARATE_COMPILATION, beside `converge/src.hpp`. Link SQLite.

#include <converge/core/detail/config.hpp>

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#error "define CONVERGE_SEPARATE_COMPILATION for every file of the program, or leave this out"
#endif

#include <converge/store/impl/commit_journal.ipp>
#include <converge/store/impl/posix_file.ipp>
#include <converge/store/impl/sqlite_backup.ipp>
#include <converge/store/impl/sqlite_file.ipp>
#include <converge/store/impl/sqlite_handles.ipp>
#include <converge/store/impl/sqlite_state.ipp>
#include <converge/store/impl/sqlite_store.ipp>
