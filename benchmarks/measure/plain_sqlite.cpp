// SPDX-License-Identifier: BSL-1.0
#include "measure/plain_sqlite.hpp"

#include <stdexcept>

namespace bench {

namespace {

/// Some 16 MB of log, after which the store folds its own.
constexpr std::int64_t rows_a_log = 6000;

} // namespace

plain_sqlite::plain_sqlite(std::string const& file)
{
    sqlite3* opened = nullptr;
    auto const answer = sqlite3_open(file.c_str(), &opened);
    open_.reset(opened);
    if (answer != SQLITE_OK)
        throw std::runtime_error{"plain SQLite cannot open its file"};
    execute("PRAGMA page_size = 8192");
    execute("PRAGMA journal_mode = WAL");
    execute("PRAGMA synchronous = FULL");
    execute("PRAGMA wal_autocheckpoint = 0");
    execute(
        "CREATE TABLE changes (id INTEGER PRIMARY KEY, key TEXT NOT NULL, kind INTEGER NOT NULL, "
        "created INTEGER NOT NULL, version INTEGER NOT NULL, lease INTEGER NOT NULL, value TEXT)");
    begin_ = prepare("BEGIN IMMEDIATE");
    insert_ = prepare("INSERT INTO changes VALUES (?, ?, 1, 1, 1, 0, ?)");
    commit_ = prepare("COMMIT");
}

void plain_sqlite::warm_up()
{
    while (rows_ <= rows_a_log)
        insert_row();
}

double plain_sqlite::run(steady::duration span)
{
    auto const begin = steady::now();
    auto const before = rows_;
    while (steady::now() - begin < span)
        insert_row();
    return static_cast<double>(rows_ - before) / seconds_since(begin);
}

void plain_sqlite::insert_row()
{
    step(begin_);
    sqlite3_bind_int64(insert_.get(), 1, ++rows_ << 20);
    sqlite3_bind_text(insert_.get(), 2, key_.c_str(), static_cast<int>(key_.size()), SQLITE_STATIC);
    sqlite3_bind_text(insert_.get(), 3, value_.c_str(), static_cast<int>(value_.size()),
                      SQLITE_STATIC);
    step(insert_);
    written_on_.count();
    step(commit_);
    if (rows_ < fold_at_)
        return;
    fold_at_ = rows_ + rows_a_log;
    if (sqlite3_wal_checkpoint_v2(open_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                  nullptr) != SQLITE_OK)
        throw std::runtime_error{"plain SQLite cannot fold its log"};
}

void plain_sqlite::execute(char const* sql)
{
    if (sqlite3_exec(open_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error{std::string{"plain SQLite: "} + sqlite3_errmsg(open_.get())};
}

plain_sqlite::statement plain_sqlite::prepare(char const* sql)
{
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(open_.get(), sql, -1, &made, nullptr) != SQLITE_OK)
        throw std::runtime_error{std::string{"plain SQLite: "} + sqlite3_errmsg(open_.get())};
    return {made, sqlite3_finalize};
}

void plain_sqlite::step(statement const& prepared)
{
    if (sqlite3_step(prepared.get()) != SQLITE_DONE)
        throw std::runtime_error{std::string{"plain SQLite: "} + sqlite3_errmsg(open_.get())};
    sqlite3_reset(prepared.get());
}

} // namespace bench
