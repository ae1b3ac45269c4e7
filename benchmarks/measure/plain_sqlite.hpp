// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/processor_counts.hpp"
#include "measure/sample.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

namespace bench {

/// The least that a journal in SQLite does: one thread inserts a row of about 1 KB into a table as
/// the store's, one row a transaction, each on the disk before the next.
class plain_sqlite {
public:
    /// @throws std::runtime_error; so do `warm_up` and `run`.
    explicit plain_sqlite(std::string const& file);

    /// Writes until the log was folded into the file once, so that it is written over from then on.
    void warm_up();

    /// Inserts for that long. @returns rows a second.
    double run(steady::duration span);

    /// Where its rows were written to the disk.
    [[nodiscard]] processor_counts& written_on() noexcept { return written_on_; }

private:
    using statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

    void execute(char const* sql);
    [[nodiscard]] statement prepare(char const* sql);
    void step(statement const& prepared);
    void insert_row();

    std::unique_ptr<sqlite3, int (*)(sqlite3*)> open_{nullptr, sqlite3_close};
    statement begin_{nullptr, sqlite3_finalize};
    statement insert_{nullptr, sqlite3_finalize};
    statement commit_{nullptr, sqlite3_finalize};
    std::string const key_ = "/bench.converge.dev/gadgets/space-1/gadget-123456789";
    std::string const value_ = std::string(1200, 'x');
    processor_counts written_on_;
    std::int64_t rows_ = 0;
    std::int64_t fold_at_ = 1;
};

} // namespace bench
