// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <string>

namespace converge::detail {

/// Keeps a file to one store, in this process or another, for as long as it lives. The lock stands
/// on a file beside it, which stays: to remove it would let two stores hold one each.
class file_lock {
public:
    /// @throws errc::unavailable if another store holds it.
    CONVERGE_DECL explicit file_lock(std::string const& file);
    CONVERGE_DECL ~file_lock();
    file_lock(file_lock const&) = delete;
    file_lock& operator=(file_lock const&) = delete;

private:
    int descriptor_ = -1;
};

/// Makes an empty file that only its owner can read; one that is there is left as it is.
/// @throws errc::unavailable if it cannot.
CONVERGE_DECL void make_private_file(std::string const& name);

/// Makes the names in the folder of `file` durable. @throws errc::unavailable if it cannot.
CONVERGE_DECL void sync_folder(std::string const& file);

/// Refuses the log beside a file that keeps none. A backup that is put in the place of a file whose
/// process crashed would get that file's log folded in; it is marked as keeping no log, which
/// tells.
/// @throws errc::invalid
CONVERGE_DECL void refuse_foreign_log(std::string const& name);

/// The same for every way to name a file, so that a lock beside it keeps it to one store.
/// @throws errc::invalid if the name is empty.
[[nodiscard]] CONVERGE_DECL std::string resolved(std::string const& name);

[[nodiscard]] inline std::string in_quotes(std::string const& file) { return '"' + file + '"'; }

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/posix_file.ipp>
#endif
