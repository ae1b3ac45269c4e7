// SPDX-License-Identifier: BSL-1.0
#pragma once

// A process that writes to a store and can be killed, and what it told until then.

#include <converge/store/sqlite_store.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace kill_test {

/// What a writer does and when it dies; it travels as one line of text.
struct writer_plan {
    std::string file;
    std::uint64_t seed = 1;
    std::uint64_t first_id = 1;
    std::int64_t clock = 0;
    std::uint64_t users = 4;
    /// How much each user does before the writer ends by itself.
    std::uint64_t steps = 1'000'000;
    /// Kills itself when it comes to `step` for the `nth` time; zero is never.
    converge::storage_step step = converge::storage_step::before_write;
    std::uint64_t nth = 0;
    std::size_t history = 65'536;
    std::size_t log_bytes = 32'768;
    converge::durability promise = converge::durability::survives_power_loss;
    bool copies = false;

    writer_plan() = default;

    [[nodiscard]] std::string to_text() const;
    [[nodiscard]] static writer_plan from_text(std::string const& text);
    [[nodiscard]] converge::sqlite_store_options options() const;
};

/// When the writer is killed from outside, whichever comes first.
struct death {
    std::uint64_t after_lines = UINT64_MAX;
    std::uint64_t after_microseconds = UINT64_MAX;

    death() = default;
};

struct told {
    std::vector<std::string> lines;
    /// Whether it was killed; otherwise it came to its end.
    bool killed = false;
    /// Neither: its status as `waitpid` gives it, or -1 if it hung.
    int unexpected = 0;
};

/// Runs a writer until its end, in which it is reaped, at most for a minute.
[[nodiscard]] told run_writer(writer_plan const& plan, death const& end = {});

} // namespace kill_test
