// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "crash_checker.hpp"
#include "crash_run.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

using namespace converge;
using namespace store_test;

namespace {

constexpr std::array changing{disk_operation::write, disk_operation::sync, disk_operation::truncate,
                              disk_operation::remove};

[[nodiscard]] std::uint64_t changes_after_fault(faulty_disk const& disk)
{
    std::uint64_t all = 0;
    for (auto const what : changing)
        all += disk.count_after_fault(what);
    return all;
}

[[nodiscard]] sqlite_store_options options_on(faulty_disk const& disk)
{
    sqlite_store_options options;
    options.vfs = disk.name();
    options.history.events = 20;
    options.log_bytes = 60'000;
    return options;
}

[[nodiscard]] workload_options usual_work()
{
    workload_options chosen;
    chosen.seed = 5;
    chosen.keys = 8;
    chosen.kept = 15;
    return chosen;
}

/// A store that users use, and whose disk fails on the way.
class failing_run {
public:
    explicit failing_run(disk_fault fault)
    {
        store_.emplace(folder_.file("store"), resource_types<mark>(), options_on(disk_));
        disk_.names_are_durable();
        disk_.fail(fault);
        totals_ = run_users(*store_, lines_, usual_work(), 4, 40);
    }

    [[nodiscard]] bool failed() const { return disk_.failed(); }
    [[nodiscard]] faulty_disk const& disk() const { return disk_; }
    [[nodiscard]] std::uint64_t count(disk_operation what) const { return disk_.count(what); }
    [[nodiscard]] run_totals const& totals() const { return totals_; }
    [[nodiscard]] sqlite_store& store() { return *store_; }
    [[nodiscard]] crash_log log() const { return lines_.until(disk_.changes()); }

    /// What is wrong with the store that has failed.
    [[nodiscard]] std::vector<std::string> wrong_while_open()
    {
        auto wrong = crash_checker{}.check(log(), read_back(*store_, 64));
        if (store_->newest() > log().newest)
            wrong.push_back("it shows what was not acknowledged");
        auto const health = store_->health();
        if (health.failure.find(folder_.file("store")) == std::string::npos)
            wrong.push_back("its failure does not name the file: " + health.failure);
        if (health.waiting != 0)
            wrong.push_back("commits wait for ever");
        return wrong;
    }

    /// What is wrong when it is opened on a healthy disk, with all that the operating system had,
    /// or only what the disk had.
    [[nodiscard]] std::vector<std::string> wrong_after(survival how)
    {
        store_.reset();
        temporary_folder left;
        disk_.leave(disk_.changes(), how, 1, left.file("."));
        return crash_checker{}.check(log(), read_left(left.file("store")));
    }

private:
    temporary_folder folder_;
    faulty_disk disk_;
    told_lines lines_{disk_};
    std::optional<sqlite_store> store_;
    run_totals totals_;
};

[[nodiscard]] std::string text_of(disk_fault const& fault)
{
    return std::string{name_of(fault.what)} + " " + std::to_string(fault.nth) +
           (fault.full ? " (disk full)" : "");
}

using wrongs = std::vector<std::string>;

/// @param refusing counts the runs in which a writer heard of it: a disk that fails when all was
///                 acknowledged, in a sweep or a fold, is told to nobody
/// @returns false if the run ended before the operation came that was to fail.
[[nodiscard]] bool check_one(disk_fault const& fault, std::uint64_t& refusing)
{
    INFO(text_of(fault));
    failing_run run{fault};
    if (!run.failed())
        return false;
    CHECK(run.wrong_while_open() == wrongs{});
    refusing += run.totals().refused + run.totals().undecided > 0 ? 1 : 0;
    CHECK(run.wrong_after(survival::everything) == wrongs{});
    // The store is closed now.
    CHECK(changes_after_fault(run.disk()) == 0);
    CHECK(run.wrong_after(survival::synced_only) == wrongs{});
    CHECK(run.wrong_after(survival::any_sectors) == wrongs{});
    return true;
}

/// How many operations there are of each kind if nothing fails.
[[nodiscard]] std::uint64_t usual_count(disk_operation what)
{
    disk_fault never;
    never.nth = UINT64_MAX;
    return failing_run{never}.count(what);
}

/// Lets operations of a kind fail, about `most` of them, and all if asked to.
void sweep(disk_operation what, bool full, std::uint64_t most)
{
    auto const count = usual_count(what);
    bool const all = std::getenv("CONVERGE_ALL_FAULTS") != nullptr;
    auto const step = all ? 1 : std::max<std::uint64_t>(count / most, 1);
    std::uint64_t refused = 0;
    // How many there are depends on how many commits wait at once, and so on the machine.
    for (std::uint64_t nth = 1; nth <= count; nth += step) {
        disk_fault fault;
        fault.what = what;
        fault.nth = nth;
        fault.full = full;
        if (!check_one(fault, refused))
            break;
    }
    CHECK(refused >= 4);
}

/// A file with commits in it, and some in its log, as a crash leaves it.
class crashed_file {
public:
    crashed_file()
    {
        disk_fault never;
        never.nth = UINT64_MAX;
        failing_run run{never};
        log_ = run.log();
        run.disk().leave(run.disk().changes(), survival::everything, 1, folder_.file("."));
    }

    [[nodiscard]] std::string file() const { return folder_.file("store"); }
    [[nodiscard]] wrongs judged() const { return crash_checker{}.check(log_, read_left(file())); }

private:
    temporary_folder folder_;
    crash_log log_;
};

/// Opening a file fails as it should while the disk does. What fails behind that, or does not
/// matter, lets it be opened.
void check_opening(std::string const& file, disk_fault const& fault)
{
    faulty_disk disk;
    disk.fail(fault);
    try {
        sqlite_store const opened{file, resource_types<mark>(), options_on(disk)};
        CHECK(opened.newest() >= revision{});
    } catch (error const& refused) {
        CHECK(refused.is(errc::unavailable));
        CHECK(std::string{refused.what()}.find(file) != std::string::npos);
    }
}

void sweep_opening(disk_operation what)
{
    // More than any opening takes.
    constexpr std::uint64_t operations = 12;
    for (std::uint64_t nth = 1; nth <= operations; ++nth) {
        disk_fault fault;
        fault.what = what;
        fault.nth = nth;
        INFO(text_of(fault));
        temporary_folder fresh;
        check_opening(fresh.file("store"), fault);
        CHECK(read_left(fresh.file("store")).newest == revision{});
        crashed_file old;
        check_opening(old.file(), fault);
        CHECK(old.judged() == wrongs{});
    }
}

} // namespace

TEST_CASE("a write that fails ends all writing, loses nothing and is not tried again")
{
    sweep(disk_operation::write, false, 24);
}

TEST_CASE("a full disk ends all writing, loses nothing and is not tried again")
{
    sweep(disk_operation::write, true, 16);
}

TEST_CASE("a sync that fails ends all writing, loses nothing and is not tried again")
{
    sweep(disk_operation::sync, false, 24);
}

TEST_CASE("a truncation that fails ends all writing, loses nothing and is not tried again")
{
    // Only the log is ever made shorter, and that at the end.
    temporary_folder folder;
    faulty_disk disk;
    told_lines lines{disk};
    {
        sqlite_store store{folder.file("store"), resource_types<mark>(), options_on(disk)};
        disk.names_are_durable();
        run_users(store, lines, usual_work(), 4, 20);
        disk_fault fault;
        fault.what = disk_operation::truncate;
        disk.fail(fault);
    }
    CHECK(disk.failed());
    temporary_folder left;
    disk.leave(disk.changes(), survival::any_sectors, 3, left.file("."));
    CHECK(crash_checker{}.check(lines.until(disk.changes()), read_left(left.file("store"))) ==
          wrongs{});
}

TEST_CASE("a disk that fails while a file is opened or made is told of, and nothing is lost")
{
    for (auto const what : {disk_operation::open, disk_operation::read, disk_operation::write,
                            disk_operation::sync, disk_operation::truncate, disk_operation::remove})
        sweep_opening(what);
}

TEST_CASE("a store that failed says why, refuses writers, and serves readers and watchers")
{
    temporary_folder folder;
    faulty_disk disk;
    sqlite_store store{folder.file("store"), resource_types<mark>(), options_on(disk)};
    session user{any_store{store}};
    auto const put = [&](std::uint64_t stamp) {
        transaction write;
        write.put("a/x", make_mark("a/x", stamp));
        return user.commit(std::move(write)).at;
    };
    auto const begin = put(1);
    auto const lease = user.run(store.grant_lease(std::chrono::seconds{1}, instant{}));
    CHECK(store.health().failure == "");
    auto const stream = user.watch("", begin);
    auto const waiting = user.start(*stream);
    disk_fault fault;
    fault.what = disk_operation::sync;
    disk.fail(fault);
    CHECK(fails_with(errc::indeterminate, [&] { put(2); }));
    CHECK(fails_with(errc::unavailable, [&] { put(3); }));
    CHECK(fails_with(errc::unavailable, [&] {
        (void)user.run(store.grant_lease(std::chrono::seconds{1}, instant{}));
    }));
    CHECK(fails_with(errc::unavailable,
                     [&] { (void)user.run(store.housekeep(instant{} + std::chrono::hours{1})); }));
    auto const health = store.health();
    CHECK(health.failure.find("disk I/O error") != std::string::npos);
    CHECK(health.failure.find(folder.file("store")) != std::string::npos);
    CHECK(store.newest() == begin);
    CHECK(stamp_in(store.get("a/x")->value) == 1);
    CHECK(store.list(list_query{""}).entries.size() == 1);
    CHECK_FALSE(waiting->done);
    CHECK(user.drain(*store.watch(watch_query{"", revision{}})).size() == 1);
    CHECK(store.renew_lease(lease, instant{}));
    store.compact(begin);
    CHECK(changes_after_fault(disk) == 0);
    user.cancel(*waiting);
}
