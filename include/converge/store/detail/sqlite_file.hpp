// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/store/detail/change_row.hpp>
#include <converge/store/detail/posix_file.hpp>
#include <converge/store/detail/sqlite_handles.hpp>
#include <converge/store/transaction.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace converge::detail {

/// What a file says of itself.
struct file_head {
    std::uint64_t incarnation = 0;
    revision compacted{};
    /// No revision up to here may be given, whatever the rows say.
    revision reserved{};
    /// No lease up to here may be granted, whether it is among the rows or not.
    lease_id last_lease = lease_id::none;
};

/// The SQLite file of a store: its tables, and what the store does with them. Not thread-safe.
///
/// One table, `changes`, is journal and state in one: rows are only added at its end, and dropped
/// when they were superseded and left the history. A commit then writes the fewest pages that it
/// can, and every fact stands in one place.
///
/// Every member throws `error` with errc::unavailable, the name of the file and what SQLite says.
class sqlite_file {
public:
    struct options {
        std::string vfs;
        bool wait_for_disk = true;
        bool restored = false;
    };

    /// Opens or makes the file. @throws errc::invalid if it is something else.
    CONVERGE_DECL sqlite_file(std::string const& name, options how);
    CONVERGE_DECL ~sqlite_file();
    sqlite_file(sqlite_file const&) = delete;
    sqlite_file& operator=(sqlite_file const&) = delete;

    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] file_head const& head() const noexcept { return head_; }

    CONVERGE_DECL void
    each_kind(std::function<void(std::int64_t, std::string_view, std::string_view)> const& visit);
    CONVERGE_DECL void each_lease(std::function<void(lease_id, duration)> const& visit);
    /// The rows in order.
    CONVERGE_DECL void each_change(std::function<void(change_row const&)> const& visit);
    /// Of the file without its log.
    [[nodiscard]] CONVERGE_DECL std::size_t size_in_bytes();

    CONVERGE_DECL void begin();
    CONVERGE_DECL void add_kind(std::int64_t id, std::string_view api_version,
                                std::string_view kind);
    CONVERGE_DECL void add(change_row const& row);
    CONVERGE_DECL void drop(std::int64_t change);
    CONVERGE_DECL void add_lease(lease_id id, duration ttl);
    CONVERGE_DECL void drop_lease(lease_id id);
    CONVERGE_DECL void set_compacted(revision to);
    /// Durable when it returns, if the file waits for the disk.
    CONVERGE_DECL void commit();
    /// Ends the transaction, and all writing: closing writes nothing more.
    CONVERGE_DECL void give_up() noexcept;

    /// Folds the write-ahead log into the file; `whole` also empties it.
    CONVERGE_DECL void checkpoint(bool whole);
    /// In bytes.
    [[nodiscard]] CONVERGE_DECL std::size_t log_size() const noexcept;

    [[nodiscard]] sqlite3* connection() const noexcept { return open_.get(); }

private:
    enum statement {
        begin_it,
        commit_it,
        insert_change,
        delete_change,
        insert_lease,
        delete_lease,
        insert_kind,
        update_compacted,
        statement_count
    };

    CONVERGE_DECL void open(options const& how);
    CONVERGE_DECL void refuse_strangers();
    CONVERGE_DECL void keep_log();
    CONVERGE_DECL void make_tables();
    CONVERGE_DECL void read_head(bool restored);
    CONVERGE_DECL void prepare_all();
    CONVERGE_DECL void run(std::string const& sql);
    [[nodiscard]] CONVERGE_DECL std::int64_t number(std::string const& sql);
    [[nodiscard]] CONVERGE_DECL sqlite_statement prepare(std::string const& sql);
    CONVERGE_DECL void step(statement which);
    [[noreturn]] CONVERGE_DECL void fail(std::string const& doing) const;

    std::string name_;
    file_lock lock_;
    sqlite_connection open_;
    sqlite_statement statements_[statement_count];
    file_head head_;
    int log_pages_ = 0;
    int page_bytes_ = 0;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/sqlite_file.ipp>
#endif
