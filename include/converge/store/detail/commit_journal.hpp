// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/async/wake.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/store/detail/memory_state.hpp>
#include <converge/store/detail/patience.hpp>
#include <converge/store/detail/sqlite_backup.hpp>
#include <converge/store/detail/sqlite_file.hpp>
#include <converge/store/detail/versioned_map.hpp>
#include <converge/store/sqlite_options.hpp>
#include <converge/store/transaction.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace converge::detail {

/// One change of a staged commit: where it stands in memory, and how it is to be written. Both
/// pointers hold until the change is published, and it is written before.
struct journal_change {
    versioned_map::node const* of;
    version const* what;
    std::int64_t kind;
    std::string text;
};

/// What somebody waits for until it is durable: a commit, the grant or the end of a lease, or
/// nothing but what was staged before. Shared by who waits and the journal, whichever is last.
struct journal_entry {
    enum class state { waiting, durable, failed };

    /// Once it is durable, everything up to here may be seen.
    revision at{};
    std::vector<journal_change> changes;
    std::optional<std::pair<lease_id, duration>> granted;
    lease_id ended = lease_id::none;
    /// Where to, if a backup is asked for: of what was durable when its turn came.
    std::string backup_to;

    /// Where nothing else waits for the disk, and looking for the end before sleeping pays: what to
    /// tell how that went. Else null.
    std::shared_ptr<patience> alone;
    std::atomic<state> now = state::waiting;
    /// Why it failed; set before `now` says so.
    std::optional<failure> reason;
    wake settled;
};

/// Writes what was staged to the file, in order, all that waits in one transaction; then has it
/// published, then tells who waits. It owns the thread that does so, and the only connection.
class commit_journal {
public:
    CONVERGE_DECL commit_journal(memory_state& state, std::unique_ptr<sqlite_file> file,
                                 sqlite_store_options const& options);
    /// Writes what waits.
    CONVERGE_DECL ~commit_journal();
    commit_journal(commit_journal const&) = delete;
    commit_journal& operator=(commit_journal const&) = delete;

    /// @throws errc::unavailable if nothing can be written now, and why.
    CONVERGE_DECL void expect_writable();

    /// Hands an entry over. @pre Called in the order of revisions.
    CONVERGE_DECL void enqueue(std::shared_ptr<journal_entry> added);

    /// Waits until the entry is durable. @throws why it is not.
    [[nodiscard]] CONVERGE_DECL static task<> settle(std::shared_ptr<journal_entry> entry);

    /// Has the rows of versions that left the history dropped, in a while.
    /// @pre Called in the order in which they left it: to drop an erasure before what it erased
    ///      would bring that back.
    CONVERGE_DECL void sweep(version_chain const& garbage, revision compacted);

    [[nodiscard]] CONVERGE_DECL sqlite_store_health health();

private:
    using entries = std::vector<std::shared_ptr<journal_entry>>;

    /// What one transaction takes; a row costs some microseconds, and all of them wait for all.
    static constexpr std::size_t group_changes_max = 4096;
    /// How many rows are dropped at a time, and from how many on.
    static constexpr std::size_t sweep_max = 1024;
    static constexpr std::size_t sweep_min = 256;

    /// How often the thread looks for the next commit before it sleeps, which takes some 50 us: who
    /// waited for the last one needs 20 us to wake up and come with the next, and waking this thread
    /// costs as much.
    static constexpr int looks_max = 50'000;

    struct sweep_order {
        std::vector<std::int64_t> rows;
        revision compacted{};
    };

    /// Looks for the end for a moment, while everything else that is ready runs.
    [[nodiscard]] CONVERGE_DECL static task<> look_for_end(journal_entry& entry);
    CONVERGE_DECL void run() noexcept;
    /// Returns when something has come to be written, or after a moment.
    CONVERGE_DECL void linger() const;
    /// Waits for something to do. @returns whether there is.
    [[nodiscard]] CONVERGE_DECL bool take_work(entries& group, sweep_order& spent);
    CONVERGE_DECL void take_group(entries& group);
    CONVERGE_DECL void take_spent(sweep_order& spent);
    [[nodiscard]] CONVERGE_DECL bool may_sweep() const;
    CONVERGE_DECL void write(entries const& group, sweep_order const& spent);
    CONVERGE_DECL void write_entry(journal_entry const& each);
    CONVERGE_DECL void publish(entries const& group);
    CONVERGE_DECL void acknowledge(entries const& group);
    CONVERGE_DECL void fold_log(bool whole);
    CONVERGE_DECL void go_on_with_backup();
    CONVERGE_DECL void start_backup(std::shared_ptr<journal_entry> asked);
    CONVERGE_DECL void end_backup(std::optional<failure> reason);
    /// Ends all writing, and tells who waits.
    CONVERGE_DECL void give_up(failure const& why, entries const& group);
    CONVERGE_DECL static void refuse(journal_entry& entry, failure const& why);
    CONVERGE_DECL void tell(storage_step what) const;

    memory_state& state_;
    std::unique_ptr<sqlite_file> file_;
    sqlite_store_options const options_;

    std::mutex mutex_;
    std::condition_variable work_;
    std::deque<std::shared_ptr<journal_entry>> waiting_;
    /// How many were ever added to `waiting_`, or will have been in a moment; for `linger`, which
    /// takes no lock.
    std::atomic<std::uint64_t> enqueued_ = 0;
    std::deque<std::int64_t> spent_;
    revision compacted_{};
    std::atomic<std::uint64_t> groups_ = 0;
    std::size_t writing_ = 0;
    /// How many entries the last group was of that was not a sweep alone.
    std::size_t last_group_ = 0;
    std::size_t log_size_ = 0;
    std::shared_ptr<patience> const patience_ = std::make_shared<patience>();
    std::optional<failure> failure_;
    bool stopping_ = false;

    /// Of the thread alone, these four.
    std::uint64_t taken_ = 0;
    std::size_t fold_from_;
    std::shared_ptr<journal_entry> backing_up_;
    std::unique_ptr<sqlite_backup> backup_;

    std::thread thread_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/commit_journal.ipp>
#endif
