// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/store/any_store.hpp>
#include <converge/store/query.hpp>
#include <converge/store/sqlite_options.hpp>
#include <converge/store/store_stats.hpp>
#include <converge/store/transaction.hpp>
#include <converge/store/watch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace converge {

namespace detail {

class sqlite_state;

} // namespace detail

/// The kinds that a store of this program can hold.
template <resource... Rs>
[[nodiscard]] std::vector<resource_type const*> resource_types()
{
    return {&type_of<Rs>()...};
}

/// A `store` in memory with a journal in an SQLite file: it outlives the process, also `kill -9`
/// and, by default, a power failure.
///
/// Reads and watches are those of a `memory_store` and never touch the file. A commit is checked
/// and given its revision in memory, written with others that wait in one transaction by the
/// store's own thread, and only then seen by readers and watchers and acknowledged. So nothing can
/// be seen that a crash could take back. Opening reads the file once; objects are decoded when
/// they are first looked at. Watches and continue tokens go on across a restart as long as their
/// revision is within the history.
///
/// If the file cannot be written or the disk does not take it (a full disk, a failed fsync), the
/// store stops writing for good: commits fail with errc::unavailable, those that were under way
/// with errc::indeterminate, and reads go on. Nothing is retried, because after a failed fsync
/// nobody knows what the disk has; see `health`, mend the cause and open the file anew.
///
/// The file belongs to one store at a time: a second one, in this process or another, is refused.
/// The `sqlite3` shell may look at it meanwhile (views `objects` and `history`). It and the files
/// beside it (`-wal`, `-shm`, `-lock`) can be read by their owner only. Keep it on a local disk.
///
/// @par Threads   Every member may be called from any thread, and by coroutines on any executor.
///                The store has one thread of its own.
/// @par Lifetime  Must outlive its watches and the tasks that its members returned. Destroying it
///                writes what waits.
class sqlite_store {
public:
    /// Opens the file, or makes it. Objects of kinds other than `kinds`, Event and Lease cannot be
    /// stored.
    /// @throws errc::invalid if it is not a file of such a store, was written by a later version,
    ///         or holds a kind that is not among `kinds`; errc::unavailable if it is open in
    ///         another store or cannot be read or written.
    CONVERGE_DECL sqlite_store(std::string const& file, std::vector<resource_type const*> kinds,
                               sqlite_store_options options = {});
    CONVERGE_DECL ~sqlite_store();
    sqlite_store(sqlite_store const&) = delete;
    sqlite_store& operator=(sqlite_store const&) = delete;

    /// As `memory_store::commit`; answers when the commit, and all that it was based on, is
    /// durable and can be read.
    /// @throws also errc::unavailable if the store only reads or too many commits wait, and then
    ///         nothing was written; errc::indeterminate if the file failed under it: whether it
    ///         was written shows when the file is opened again.
    /// @par Cancellation  The commit may happen nevertheless.
    [[nodiscard]] CONVERGE_DECL task<commit_outcome> commit(transaction wanted);

    /// These are as in `memory_store`.
    [[nodiscard]] CONVERGE_DECL std::optional<stored> get(std::string_view key) const;
    [[nodiscard]] CONVERGE_DECL std::optional<stored> get(std::string_view key, revision at) const;
    [[nodiscard]] CONVERGE_DECL list_page list(list_query query) const;
    [[nodiscard]] CONVERGE_DECL std::unique_ptr<watch_stream> watch(watch_query query) const;
    [[nodiscard]] CONVERGE_DECL revision newest() const;

    /// As in `memory_store`. A lease outlives the process; the clock does not, so after a restart
    /// its whole span begins anew at the first time that the store is told.
    [[nodiscard]] CONVERGE_DECL task<lease_id> grant_lease(duration ttl, instant now);
    [[nodiscard]] CONVERGE_DECL bool renew_lease(lease_id lease, instant now);
    [[nodiscard]] CONVERGE_DECL task<std::optional<instant>> housekeep(instant now);

    /// As in `memory_store`; what it drops leaves the file in small steps, beside later commits.
    CONVERGE_DECL void compact(revision begin);

    /// Writes all that is durable now to a new file, while everything else goes on. Opened, that
    /// file is another incarnation: tokens and revisions given since are refused, none is ever
    /// given again. To restore, put it in the place of the file, and remove the `-wal` beside it.
    /// @throws errc::already_exists if there is such a file; errc::unavailable if it cannot be
    ///         written or another backup is asked for meanwhile, and then it is not there.
    /// @par Cancellation  The backup goes on and may be complete.
    [[nodiscard]] CONVERGE_DECL task<> backup(std::string to);

    /// Names the life of the file: made by chance when it was created or restored.
    [[nodiscard]] CONVERGE_DECL std::uint64_t incarnation() const;
    /// Constant.
    [[nodiscard]] CONVERGE_DECL store_stats stats() const;
    [[nodiscard]] CONVERGE_DECL sqlite_store_health health() const;

private:
    std::unique_ptr<detail::sqlite_state> state_;
};

static_assert(store<sqlite_store>);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/sqlite_store.ipp>
#endif
