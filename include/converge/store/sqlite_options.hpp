// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/history_limits.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace converge {

/// What an acknowledged commit outlives.
enum class durability {
    /// The process and the machine: every commit waits until the disk says that it has it.
    survives_power_loss,
    /// The process alone. Much faster; after a power failure or a crash of the system the latest
    /// commits may be missing, though never one without all that came after it. Their revisions
    /// are then given again: whoever saw them from outside of this process must list anew.
    survives_process_crash_only,
};

/// What the store is about to do, or has done, with its file.
enum class storage_step {
    before_write,
    /// The rows of a group are in the transaction, which is not committed.
    before_commit,
    /// The group is durable, and nobody can see it yet.
    after_commit,
    /// Readers and watchers see it, and its writers are not told yet.
    before_acknowledge,
    after_acknowledge,
    /// Superseded rows are to be dropped with the group.
    before_sweep,
    before_checkpoint,
    after_checkpoint,
};

/// How a `sqlite_store` is made.
struct sqlite_store_options {
    history_limits history;
    durability promise = durability::survives_power_loss;
    /// Says that the file is an older copy put back by hand. One that `backup` made says so itself.
    bool restored = false;
    /// How many commits may wait for the disk at once; more are refused with errc::unavailable.
    std::size_t waiting_max = 65'536;
    /// How large the write-ahead log may grow before it is folded into the file, in bytes. A
    /// program that holds the file open for a long read lets it grow beyond.
    std::size_t log_bytes = std::size_t{16} << 20;
    /// The name of a registered SQLite VFS; empty is the system's own.
    std::string vfs;
    /// Called on the store's own thread at each step; for tests of crashes. Must not throw.
    std::function<void(storage_step)> on_step;

    sqlite_store_options() = default;
};

/// How a `sqlite_store` and its file are doing.
struct sqlite_store_health {
    /// Why the store only reads, if it does; empty while all is well.
    std::string failure;
    /// Commits that wait for the disk.
    std::size_t waiting = 0;
    /// Groups of commits written, each with one wait for the disk.
    std::uint64_t groups = 0;
    /// Superseded rows that are still in the file.
    std::size_t unswept = 0;
    /// Bytes in the write-ahead log.
    std::size_t log_bytes = 0;

    sqlite_store_health() = default;
};

} // namespace converge
