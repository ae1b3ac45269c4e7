// SPDX-License-Identifier: BSL-1.0
#pragma once

// A disk that fails: an SQLite VFS over the system's own, which can refuse operations and knows
// what a power failure would leave.

#include <converge/work/random.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace store_test {

/// What an operation does to a file, as far as it can fail.
enum class disk_operation { open, read, write, sync, truncate, remove };

[[nodiscard]] char const* name_of(disk_operation what);

/// What of the un-synced changes a power failure leaves.
enum class survival {
    /// Nothing: the disk keeps everything in its own memory.
    synced_only,
    /// All up to some point; the write at that point is torn between two sectors.
    prefix,
    /// Any sectors of any writes, and any truncations.
    any_sectors,
    everything,
};

/// Which operation fails, and how.
struct disk_fault {
    disk_operation what = disk_operation::write;
    /// The n-th of its kind; from 1.
    std::uint64_t nth = 1;
    /// Whether the disk is full, rather than broken.
    bool full = false;
    /// Whether everything after it fails too.
    bool for_good = false;

    disk_fault() = default;
};

/// A VFS with a name of its own, for as long as it lives. Syncs are only noted, so it is fast.
///
/// @par Threads   Every member may be called from any thread.
/// @par Lifetime  Must outlive the connections that use it.
class faulty_disk {
public:
    faulty_disk();
    ~faulty_disk();
    faulty_disk(faulty_disk const&) = delete;
    faulty_disk& operator=(faulty_disk const&) = delete;

    [[nodiscard]] std::string const& name() const noexcept { return name_; }

    /// Serves from now on who names no VFS, while it lives.
    void serve_all();

    /// Lets one operation fail; counts of operations begin anew.
    void fail(disk_fault what);
    void heal();
    /// Whether the fault has come.
    [[nodiscard]] bool failed() const;
    /// How many operations of a kind there were since `fail` or `heal`, and of those, how many
    /// after the fault came.
    [[nodiscard]] std::uint64_t count(disk_operation what) const;
    [[nodiscard]] std::uint64_t count_after_fault(disk_operation what) const;

    /// How many changes (writes, syncs, truncations, removals) there were since the beginning:
    /// the moments at which the power can fail.
    [[nodiscard]] std::size_t changes() const;
    /// What the program calls to make the names in the folder durable is not seen by a VFS.
    void names_are_durable();

    /// Writes to `folder` what the disk holds if the power failed after so many changes.
    void leave(std::size_t moment, survival how, std::uint64_t seed,
               std::string const& folder) const;

private:
    friend struct faulty_calls;

    struct change {
        disk_operation what = disk_operation::write;
        std::string file;
        std::uint64_t place = 0;
        std::string bytes;
        bool names_too = false;
    };
    struct image;

    /// @returns an SQLite error code if the operation is to fail, else zero.
    [[nodiscard]] int begin(disk_operation what);
    void note(change one);

    std::string name_;
    std::shared_ptr<sqlite3_vfs> vfs_;
    mutable std::mutex mutex_;
    std::vector<change> changes_;
    std::optional<disk_fault> fault_;
    bool failed_ = false;
    std::map<disk_operation, std::uint64_t> counts_;
    std::map<disk_operation, std::uint64_t> counts_after_;
};

} // namespace store_test
