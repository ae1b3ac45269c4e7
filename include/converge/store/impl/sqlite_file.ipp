// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/detail/sqlite_file.hpp>

#include <converge/core/failure.hpp>
#include <converge/store/detail/sqlite_api.hpp>

#include <cstring>
#include <string>

namespace converge::detail {

/// "cvrg": says that a database is a file of this store.
inline constexpr std::int64_t sqlite_application_id = 0x63767267;
/// Of the tables below; a store refuses files of later ones.
inline constexpr std::int64_t sqlite_schema_version = 1;
/// How far a restored backup jumps ahead: more revisions, or leases, than were given since it was
/// made.
inline constexpr std::uint64_t restored_jump = 1'000'000'000;
/// How long a program that looks at the file may hold it, in milliseconds.
inline constexpr int sqlite_patience = 10'000;

inline constexpr char const* sqlite_tables = R"(
CREATE TABLE store (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    incarnation INTEGER NOT NULL,   -- names this life of the store
    compacted INTEGER NOT NULL,     -- where the history begins
    reserved INTEGER NOT NULL,      -- no revision up to here will be given again
    backup INTEGER NOT NULL         -- 1 in a copy that no store has opened yet
);
CREATE TABLE kinds (
    id INTEGER PRIMARY KEY,
    api_version TEXT NOT NULL,
    kind TEXT NOT NULL,
    UNIQUE (api_version, kind)
);
CREATE TABLE leases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- the largest one ever is remembered
    ttl INTEGER NOT NULL            -- nanoseconds
);
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,         -- revision * 2^20 + place in its transaction
    key TEXT NOT NULL,
    kind INTEGER NOT NULL,          -- 0 where the key was erased
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    value TEXT                      -- NULL where the key was erased
);
CREATE VIEW history AS
    SELECT id >> 20 AS revision, key, CASE WHEN value IS NULL THEN 'erased' ELSE 'put' END AS change,
        value FROM changes ORDER BY id;
CREATE VIEW objects AS
    SELECT latest.key, kinds.api_version, kinds.kind, latest.created, latest.newest >> 20 AS modified,
        latest.version, latest.lease, latest.value
    FROM (SELECT max(id) AS newest, * FROM changes GROUP BY key) AS latest
    JOIN kinds ON kinds.id = latest.kind WHERE latest.value IS NOT NULL ORDER BY latest.key;
)";

CONVERGE_DECL sqlite_file::sqlite_file(std::string const& name, options how)
    : name_{resolved(name)},
      lock_{name_}
{
    open(how);
    refuse_strangers();
    run(how.wait_for_disk ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    keep_log();
    make_tables();
    read_head(how.restored);
    prepare_all();
}

// Statements before the connection they belong to, which are members in the other order.
CONVERGE_DECL sqlite_file::~sqlite_file()
{
    for (auto& each : statements_)
        each.reset();
}

CONVERGE_DECL void sqlite_file::open(options const& how)
{
    make_private_file(name_);
    refuse_foreign_log(name_);
    sqlite3* opened = nullptr;
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    auto const answer =
        sqlite3_open_v2(name_.c_str(), &opened, flags, how.vfs.empty() ? nullptr : how.vfs.c_str());
    open_.reset(opened);
    if (answer != SQLITE_OK)
        fail("open");
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, sqlite_patience);
    auto const count_pages = [](void* self, sqlite3*, char const*, int pages) {
        static_cast<sqlite_file*>(self)->log_pages_ = pages;
        return SQLITE_OK;
    };
    // Of a new file. Plain SQLite commits a row of 1 KB 6 % faster than with pages of half that size:
    // fewer commits begin a page.
    run("PRAGMA page_size = 8192");
    // By itself SQLite would fold the log in after a commit and ignore it if that fails. It does so
    // in the one hook that there is, so this must come before ours.
    run("PRAGMA wal_autocheckpoint = 0");
    sqlite3_wal_hook(opened, count_pages, this);
}

CONVERGE_DECL void sqlite_file::refuse_strangers()
{
    auto const refuse = [this](std::string const& why) {
        throw error{errc::invalid, in_quotes(name_) + " is no file of this store: " + why};
    };
    auto const tables =
        sqlite3_exec(open_.get(), "SELECT count(*) FROM sqlite_master", nullptr, nullptr, nullptr);
    if (tables == SQLITE_NOTADB)
        refuse("it is not an SQLite database; give another name, or move it away");
    if (tables != SQLITE_OK)
        fail("read");
    auto const application = number("PRAGMA application_id");
    auto const version = number("PRAGMA user_version");
    bool const empty = number("SELECT count(*) FROM sqlite_master") == 0;
    if (application != sqlite_application_id && !(empty && application == 0))
        refuse("another application made it (application_id " + std::to_string(application) + ")");
    if (version > sqlite_schema_version)
        refuse("a later version made it (schema " + std::to_string(version) +
               ", this one knows up to " + std::to_string(sqlite_schema_version) + ")");
}

CONVERGE_DECL void sqlite_file::keep_log()
{
    auto const mode = prepare("PRAGMA journal_mode = WAL");
    if (sqlite3_step(mode.get()) != SQLITE_ROW)
        fail("turn the write-ahead log on for");
    auto const* const got = reinterpret_cast<char const*>(sqlite3_column_text(mode.get(), 0));
    if (!got || std::strcmp(got, "wal") != 0)
        throw error{errc::unavailable, "SQLite keeps no write-ahead log for " + in_quotes(name_) +
                                           ": it must be a file on a local disk"};
}

CONVERGE_DECL void sqlite_file::make_tables()
{
    page_bytes_ = static_cast<int>(number("PRAGMA page_size"));
    if (number("PRAGMA user_version") != 0)
        return;
    run("BEGIN IMMEDIATE");
    run(sqlite_tables);
    run("INSERT INTO store VALUES (1, random(), 0, 0, 0)");
    run("PRAGMA application_id = " + std::to_string(sqlite_application_id));
    run("PRAGMA user_version = " + std::to_string(sqlite_schema_version));
    run("COMMIT");
    sync_folder(name_);
}

CONVERGE_DECL void sqlite_file::read_head(bool restored)
{
    if (restored || number("SELECT backup FROM store") != 0) {
        auto const newest = number("SELECT max(reserved, coalesce((SELECT max(id) >> 20 FROM "
                                   "changes), 0)) FROM store");
        auto const jumped = std::to_string(static_cast<std::uint64_t>(newest) + restored_jump);
        run("BEGIN IMMEDIATE; UPDATE store SET incarnation = random(), backup = 0, compacted = " +
            jumped + ", reserved = " + jumped +
            "; INSERT INTO leases (ttl) VALUES (1); DELETE FROM leases WHERE id = "
            "last_insert_rowid(); UPDATE sqlite_sequence SET seq = seq + " +
            std::to_string(restored_jump) + " WHERE name = 'leases'; COMMIT");
    }
    head_.incarnation = static_cast<std::uint64_t>(number("SELECT incarnation FROM store"));
    head_.compacted = revision{static_cast<std::uint64_t>(number("SELECT compacted FROM store"))};
    head_.reserved = revision{static_cast<std::uint64_t>(number("SELECT reserved FROM store"))};
    head_.last_lease = static_cast<lease_id>(
        number("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'leases'), 0)"));
}

CONVERGE_DECL void sqlite_file::prepare_all()
{
    statements_[begin_it] = prepare("BEGIN IMMEDIATE");
    statements_[commit_it] = prepare("COMMIT");
    statements_[insert_change] = prepare("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?)");
    statements_[delete_change] = prepare("DELETE FROM changes WHERE id = ?");
    statements_[insert_lease] = prepare("INSERT INTO leases VALUES (?, ?)");
    statements_[delete_lease] = prepare("DELETE FROM leases WHERE id = ?");
    statements_[insert_kind] = prepare("INSERT INTO kinds VALUES (?, ?, ?)");
    statements_[update_compacted] = prepare("UPDATE store SET compacted = ?");
}

[[nodiscard]] inline std::string_view text_in(sqlite3_stmt* row, int column)
{
    auto const* const text = sqlite3_column_text(row, column);
    auto const size = sqlite3_column_bytes(row, column);
    return {reinterpret_cast<char const*>(text), text ? static_cast<std::size_t>(size) : 0};
}

CONVERGE_DECL void sqlite_file::each_kind(
    std::function<void(std::int64_t, std::string_view, std::string_view)> const& visit)
{
    auto const rows = prepare("SELECT id, api_version, kind FROM kinds ORDER BY id");
    int answer = SQLITE_OK;
    while ((answer = sqlite3_step(rows.get())) == SQLITE_ROW)
        visit(sqlite3_column_int64(rows.get(), 0), text_in(rows.get(), 1), text_in(rows.get(), 2));
    if (answer != SQLITE_DONE)
        fail("read");
}

CONVERGE_DECL void sqlite_file::each_lease(std::function<void(lease_id, duration)> const& visit)
{
    auto const rows = prepare("SELECT id, ttl FROM leases ORDER BY id");
    int answer = SQLITE_OK;
    while ((answer = sqlite3_step(rows.get())) == SQLITE_ROW) {
        auto const id = static_cast<std::uint64_t>(sqlite3_column_int64(rows.get(), 0));
        visit(static_cast<lease_id>(id), duration{sqlite3_column_int64(rows.get(), 1)});
    }
    if (answer != SQLITE_DONE)
        fail("read");
}

CONVERGE_DECL void sqlite_file::each_change(std::function<void(change_row const&)> const& visit)
{
    auto const rows =
        prepare("SELECT id, key, kind, created, version, lease, value FROM changes ORDER BY id");
    int answer = SQLITE_OK;
    change_row row;
    while ((answer = sqlite3_step(rows.get())) == SQLITE_ROW) {
        row.id = sqlite3_column_int64(rows.get(), 0);
        row.key = text_in(rows.get(), 1);
        row.kind = sqlite3_column_int64(rows.get(), 2);
        row.created = sqlite3_column_int64(rows.get(), 3);
        row.version = sqlite3_column_int64(rows.get(), 4);
        row.lease = sqlite3_column_int64(rows.get(), 5);
        row.value = text_in(rows.get(), 6);
        visit(row);
    }
    if (answer != SQLITE_DONE)
        fail("read");
}

CONVERGE_DECL std::size_t sqlite_file::size_in_bytes()
{
    return static_cast<std::size_t>(number("PRAGMA page_count")) *
           static_cast<std::size_t>(page_bytes_);
}

CONVERGE_DECL void sqlite_file::begin() { step(begin_it); }

inline void bind(sqlite3_stmt* to, int place, std::int64_t value)
{
    sqlite3_bind_int64(to, place, value);
}

/// The text must stay until the statement was stepped.
inline void bind(sqlite3_stmt* to, int place, std::string_view value)
{
    sqlite3_bind_text64(to, place, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

template <class... Values>
void bind_all(sqlite3_stmt* to, Values... values)
{
    int place = 0;
    (bind(to, ++place, values), ...);
}

CONVERGE_DECL void sqlite_file::add_kind(std::int64_t id, std::string_view api_version,
                                         std::string_view kind)
{
    bind_all(statements_[insert_kind].get(), id, api_version, kind);
    step(insert_kind);
}

CONVERGE_DECL void sqlite_file::add(change_row const& row)
{
    auto* const insert = statements_[insert_change].get();
    bind_all(insert, row.id, row.key, row.kind, row.created, row.version, row.lease);
    if (row.value.empty())
        sqlite3_bind_null(insert, 7);
    else
        bind(insert, 7, row.value);
    step(insert_change);
}

CONVERGE_DECL void sqlite_file::drop(std::int64_t change)
{
    bind_all(statements_[delete_change].get(), change);
    step(delete_change);
}

CONVERGE_DECL void sqlite_file::add_lease(lease_id id, duration ttl)
{
    bind_all(statements_[insert_lease].get(), static_cast<std::int64_t>(id),
             std::int64_t{ttl.count()});
    step(insert_lease);
}

CONVERGE_DECL void sqlite_file::drop_lease(lease_id id)
{
    bind_all(statements_[delete_lease].get(), static_cast<std::int64_t>(id));
    step(delete_lease);
}

CONVERGE_DECL void sqlite_file::set_compacted(revision to)
{
    bind_all(statements_[update_compacted].get(), static_cast<std::int64_t>(to.value()));
    step(update_compacted);
}

CONVERGE_DECL void sqlite_file::commit() { step(commit_it); }

CONVERGE_DECL void sqlite_file::give_up() noexcept
{
    // Closing would fold the log into the file, which is one more try.
    sqlite3_db_config(open_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (sqlite3_get_autocommit(open_.get()) == 0)
        sqlite3_exec(open_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

CONVERGE_DECL void sqlite_file::checkpoint(bool whole)
{
    auto const mode = whole ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int in_log = 0;
    int folded = 0;
    auto const answer = sqlite3_wal_checkpoint_v2(open_.get(), nullptr, mode, &in_log, &folded);
    // Busy, or not all folded: somebody reads the file, and the log has to stay for now.
    if (answer != SQLITE_OK && (answer & 0xff) != SQLITE_BUSY)
        fail("fold the write-ahead log into");
    if (answer == SQLITE_OK && in_log == folded)
        log_pages_ = 0;
}

CONVERGE_DECL std::size_t sqlite_file::log_size() const noexcept
{
    return static_cast<std::size_t>(log_pages_) * static_cast<std::size_t>(page_bytes_);
}

CONVERGE_DECL void sqlite_file::run(std::string const& sql)
{
    if (sqlite3_exec(open_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail("write");
}

CONVERGE_DECL std::int64_t sqlite_file::number(std::string const& sql)
{
    auto const query = prepare(sql);
    if (sqlite3_step(query.get()) != SQLITE_ROW)
        fail("read");
    return sqlite3_column_int64(query.get(), 0);
}

CONVERGE_DECL sqlite_statement sqlite_file::prepare(std::string const& sql)
{
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(open_.get(), sql.c_str(), -1, &made, nullptr) != SQLITE_OK)
        fail("read");
    return sqlite_statement{made};
}

CONVERGE_DECL void sqlite_file::step(statement which)
{
    auto* const prepared = statements_[which].get();
    bool const done = sqlite3_step(prepared) == SQLITE_DONE;
    if (!done)
        fail("write");
    sqlite3_reset(prepared);
}

CONVERGE_DECL void sqlite_file::fail(std::string const& doing) const
{
    auto const code = sqlite3_extended_errcode(open_.get());
    auto const system = sqlite3_system_errno(open_.get());
    std::string text = "cannot " + doing + " " + in_quotes(name_) + ": " +
                       sqlite3_errmsg(open_.get()) + " (SQLite " + std::to_string(code) + ")";
    if (system != 0)
        text += std::string{", "} + std::strerror(system);
    throw error{errc::unavailable, std::move(text)};
}

} // namespace converge::detail
