// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/detail/commit_journal.hpp>

#include <converge/async/detail/give_way.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>

#include <algorithm>
#include <exception>
#include <iterator>

namespace converge::detail {

/// With a single one, whom one looks out for could not run meanwhile.
[[nodiscard]] inline bool several_processors()
{
    static bool const several = std::thread::hardware_concurrency() > 1;
    return several;
}

CONVERGE_DECL commit_journal::commit_journal(memory_state& state, std::unique_ptr<sqlite_file> file,
                                             sqlite_store_options const& options)
    : state_{state},
      file_{std::move(file)},
      options_{options},
      fold_from_{options.log_bytes},
      thread_{[this] { run(); }}
{}

CONVERGE_DECL commit_journal::~commit_journal()
{
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
}

CONVERGE_DECL void commit_journal::expect_writable()
{
    std::lock_guard const lock{mutex_};
    if (failure_)
        throw error{errc::unavailable, "the store only reads since it failed: " +
                                           failure_->message + "; mend it and open the file anew"};
    if (waiting_.size() + writing_ >= options_.waiting_max)
        throw error{errc::unavailable,
                    "the disk is slower than the writers: " + std::to_string(options_.waiting_max) +
                        " commits wait for it; try again later"};
}

CONVERGE_DECL void commit_journal::enqueue(std::shared_ptr<journal_entry> added)
{
    {
        std::lock_guard const lock{mutex_};
        if (failure_) {
            refuse(*added, *failure_);
            return;
        }
        bool const alone = waiting_.empty() && writing_ == 0 && last_group_ == 1 &&
                           added->backup_to.empty();
        if (alone && several_processors() && patience_->pays())
            added->alone = patience_;
        waiting_.push_back(std::move(added));
    }
    // Not under the lock, which who looks for this takes at once.
    ++enqueued_;
    work_.notify_one();
}

CONVERGE_DECL task<> commit_journal::settle(std::shared_ptr<journal_entry> entry)
{
    if (entry->alone)
        co_await look_for_end(*entry);
    for (;;) {
        auto const now = entry->now.load();
        if (now == journal_entry::state::durable)
            co_return;
        if (now == journal_entry::state::failed)
            throw error{*entry->reason};
        co_await entry->settled.wait();
    }
}

CONVERGE_DECL task<> commit_journal::look_for_end(journal_entry& entry)
{
    auto const where = co_await this_coro::executor;
    auto const& clock = time_of(where);
    auto const begin = clock.now();
    auto last = begin;
    for (int looks = 0; entry.now.load() == journal_entry::state::waiting; ++looks) {
        // Whom this looks out for must not wait for the processor meanwhile.
        give_way();
        co_await yield();
        auto const now = clock.now();
        if (looks == patience::looks_max || now - begin > patience::longest ||
            now - last > patience::longest_gap) {
            entry.alone->tried_in_vain(now - last > patience::longest_gap);
            co_return;
        }
        last = now;
    }
    entry.alone->found();
}

CONVERGE_DECL void commit_journal::sweep(version_chain const& garbage, revision compacted)
{
    if (!garbage)
        return;
    {
        std::lock_guard const lock{mutex_};
        // The chain begins with what was dropped last.
        std::vector<std::int64_t> rows;
        for (auto const* each = garbage.get(); each; each = each->older.get())
            rows.push_back(change_row::id_of(each->held.modified, each->place));
        spent_.insert(spent_.end(), rows.rbegin(), rows.rend());
        compacted_ = std::max(compacted_, compacted);
    }
    work_.notify_one();
}

CONVERGE_DECL sqlite_store_health commit_journal::health()
{
    std::lock_guard const lock{mutex_};
    sqlite_store_health now;
    now.failure = failure_ ? failure_->message : std::string{};
    now.waiting = waiting_.size() + writing_;
    now.groups = groups_;
    now.unswept = spent_.size();
    now.log_bytes = log_size_;
    return now;
}

CONVERGE_DECL void commit_journal::run() noexcept
{
    entries group;
    sweep_order spent;
    while (take_work(group, spent)) {
        try {
            if (!group.empty() || !spent.rows.empty())
                write(group, spent);
            go_on_with_backup();
        } catch (error const& failed) {
            give_up(failed.reason(), group);
        } catch (std::exception const& failed) {
            give_up(failure{errc::unavailable, failed.what()}, group);
        }
        group.clear();
        spent.rows.clear();
    }
    end_backup(failure{errc::unavailable, "the store was closed before the backup was complete"});
    if (failure_)
        return;
    try {
        fold_log(true);
    } catch (error const&) {
        // The log stays beside the file, and is as durable as it is.
    }
}

CONVERGE_DECL void commit_journal::linger() const
{
    if (backup_ || !several_processors())
        return;
    for (int looks = 0; looks != looks_max; ++looks)
        if (static_cast<std::int64_t>(enqueued_.load(std::memory_order_relaxed) - taken_) > 0)
            return;
}

CONVERGE_DECL bool commit_journal::take_work(entries& group, sweep_order& spent)
{
    linger();
    std::unique_lock lock{mutex_};
    work_.wait(lock, [this] {
        return stopping_ || !waiting_.empty() || backup_ || (!failure_ && may_sweep());
    });
    if (failure_)
        return !stopping_;
    take_group(group);
    take_spent(spent);
    writing_ = group.size();
    last_group_ = group.empty() ? last_group_ : group.size();
    return !group.empty() || !spent.rows.empty() || !stopping_;
}

CONVERGE_DECL bool commit_journal::may_sweep() const
{
    return spent_.size() >= sweep_min || (stopping_ && !spent_.empty());
}

CONVERGE_DECL void commit_journal::take_group(entries& group)
{
    std::size_t changes = 0;
    while (!waiting_.empty() && changes < group_changes_max) {
        auto& next = waiting_.front();
        changes += 1 + next->changes.size();
        group.push_back(std::move(next));
        waiting_.pop_front();
    }
    taken_ += group.size();
}

CONVERGE_DECL void commit_journal::take_spent(sweep_order& spent)
{
    if (!may_sweep())
        return;
    auto const end =
        spent_.begin() + static_cast<std::ptrdiff_t>(std::min(spent_.size(), sweep_max));
    spent.rows.assign(spent_.begin(), end);
    spent_.erase(spent_.begin(), end);
    spent.compacted = compacted_;
}

CONVERGE_DECL void commit_journal::write(entries const& group, sweep_order const& spent)
{
    bool const rows = !spent.rows.empty() || std::ranges::any_of(group, [](auto const& each) {
        return !each->changes.empty() || each->granted || each->ended != lease_id::none;
    });
    if (rows) {
        tell(storage_step::before_write);
        file_->begin();
        for (auto const& each : group)
            write_entry(*each);
        if (!spent.rows.empty()) {
            tell(storage_step::before_sweep);
            for (auto const row : spent.rows)
                file_->drop(row);
            file_->set_compacted(spent.compacted);
        }
        tell(storage_step::before_commit);
        file_->commit();
        ++groups_;
        tell(storage_step::after_commit);
    }
    publish(group);
    acknowledge(group);
    fold_log(false);
}

CONVERGE_DECL void commit_journal::write_entry(journal_entry const& each)
{
    for (auto const& [of, what, kind, text] : each.changes) {
        change_row row;
        row.id = change_row::id_of(what->held.modified, what->place);
        row.key = of->first;
        row.kind = kind;
        row.created = static_cast<std::int64_t>(what->held.created.value());
        row.version = static_cast<std::int64_t>(what->held.version);
        row.lease = static_cast<std::int64_t>(what->held.lease);
        row.value = text;
        file_->add(row);
    }
    if (each.granted)
        file_->add_lease(each.granted->first, each.granted->second);
    if (each.ended != lease_id::none)
        file_->drop_lease(each.ended);
}

CONVERGE_DECL void commit_journal::publish(entries const& group)
{
    if (group.empty())
        return;
    after_effects effects;
    // Not that of the last one: a backup has none.
    revision to{};
    for (auto const& each : group)
        to = std::max(to, each->at);
    state_.publish_locking(to, effects, [this](version_chain const& garbage, revision window) {
        sweep(garbage, window);
    });
    effects.notify();
}

CONVERGE_DECL void commit_journal::acknowledge(entries const& group)
{
    tell(storage_step::before_acknowledge);
    {
        std::lock_guard const lock{mutex_};
        writing_ = 0;
        log_size_ = file_->log_size();
    }
    // Not under the lock, which who looks for this takes at once for what it writes next.
    for (auto const& each : group)
        if (each->backup_to.empty())
            each->now = journal_entry::state::durable;
    for (auto const& each : group) {
        if (each->backup_to.empty())
            each->settled.notify_one();
        else
            start_backup(each);
    }
    tell(storage_step::after_acknowledge);
}

CONVERGE_DECL void commit_journal::fold_log(bool whole)
{
    if (file_->log_size() == 0 || (!whole && file_->log_size() < fold_from_))
        return;
    tell(storage_step::before_checkpoint);
    file_->checkpoint(whole);
    // What a reader of the file kept from being folded is tried again when the log has grown.
    fold_from_ = file_->log_size() + options_.log_bytes;
    tell(storage_step::after_checkpoint);
}

CONVERGE_DECL void commit_journal::start_backup(std::shared_ptr<journal_entry> asked)
{
    if (backup_)
        end_backup(failure{errc::unavailable, "another backup was asked for"});
    backing_up_ = std::move(asked);
    try {
        backup_ = std::make_unique<sqlite_backup>(*file_, backing_up_->backup_to);
    } catch (error const& failed) {
        end_backup(failed.reason());
    }
}

CONVERGE_DECL void commit_journal::go_on_with_backup()
{
    if (!backup_)
        return;
    try {
        if (backup_->step())
            end_backup(std::nullopt);
    } catch (error const& failed) {
        end_backup(failed.reason());
    }
}

CONVERGE_DECL void commit_journal::end_backup(std::optional<failure> reason)
{
    backup_.reset();
    auto const asked = std::exchange(backing_up_, nullptr);
    if (!asked)
        return;
    if (reason)
        refuse(*asked, *reason);
    else
        asked->now = journal_entry::state::durable;
    asked->settled.notify_one();
}

CONVERGE_DECL void commit_journal::give_up(failure const& why, entries const& group)
{
    file_->give_up();
    end_backup(why);
    auto unknown = why;
    unknown.code = make_error_code(errc::indeterminate);
    unknown.message += "; whether this was written shows when the file is opened again";
    entries behind;
    {
        std::lock_guard const lock{mutex_};
        failure_ = why;
        writing_ = 0;
        behind.assign(waiting_.begin(), waiting_.end());
        waiting_.clear();
        spent_.clear();
        for (auto const& each : group)
            refuse(*each, unknown);
        for (auto const& each : behind)
            refuse(*each, why);
    }
    for (auto const& each : group)
        each->settled.notify_one();
    for (auto const& each : behind)
        each->settled.notify_one();
}

CONVERGE_DECL void commit_journal::refuse(journal_entry& entry, failure const& why)
{
    if (entry.now != journal_entry::state::waiting)
        return;
    entry.reason = why;
    entry.now = journal_entry::state::failed;
}

CONVERGE_DECL void commit_journal::tell(storage_step what) const
{
    if (options_.on_step)
        options_.on_step(what);
}

} // namespace converge::detail
