// SPDX-License-Identifier: BSL-1.0
#include "faulty_vfs.hpp"

#include "faulty_vfs_calls.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <utility>

using namespace converge;

namespace store_test {

namespace {

/// The VFS as SQLite sees it, and the disk that it belongs to.
struct named_vfs : sqlite3_vfs {
    faulty_disk* disk = nullptr;
};

constexpr std::array<char const*, 6> operation_names{"open", "read",     "write",
                                                     "sync", "truncate", "remove"};

} // namespace

char const* name_of(disk_operation what) { return operation_names[static_cast<std::size_t>(what)]; }

faulty_disk& faulty_calls::disk(sqlite3_vfs* of) { return *static_cast<named_vfs*>(of)->disk; }

faulty_disk::faulty_disk()
{
    static std::atomic<int> made_so_far{0};
    name_ = "faulty-" + std::to_string(++made_so_far);
    auto* const system = ::sqlite3_vfs_find(nullptr);
    auto made = std::make_shared<named_vfs>();
    static_cast<sqlite3_vfs&>(*made) = *system;
    made->disk = this;
    made->pAppData = system;
    made->zName = name_.c_str();
    made->pNext = nullptr;
    made->szOsFile = static_cast<int>(sizeof(faulty_calls::file)) + system->szOsFile;
    made->xOpen = &faulty_calls::open;
    made->xDelete = &faulty_calls::remove;
    // The others are called with this VFS, and the system's own reads nothing of it in them.
    vfs_ = std::move(made);
    ::sqlite3_vfs_register(vfs_.get(), 0);
}

faulty_disk::~faulty_disk() { ::sqlite3_vfs_unregister(vfs_.get()); }

void faulty_disk::serve_all() { ::sqlite3_vfs_register(vfs_.get(), 1); }

void faulty_disk::fail(disk_fault what)
{
    std::lock_guard const lock{mutex_};
    fault_ = what;
    failed_ = false;
    counts_.clear();
    counts_after_.clear();
}

void faulty_disk::heal()
{
    std::lock_guard const lock{mutex_};
    fault_.reset();
    counts_.clear();
    counts_after_.clear();
}

bool faulty_disk::failed() const
{
    std::lock_guard const lock{mutex_};
    return failed_;
}

std::uint64_t faulty_disk::count(disk_operation what) const
{
    std::lock_guard const lock{mutex_};
    auto const found = counts_.find(what);
    return found == counts_.end() ? 0 : found->second;
}

std::uint64_t faulty_disk::count_after_fault(disk_operation what) const
{
    std::lock_guard const lock{mutex_};
    auto const found = counts_after_.find(what);
    return found == counts_after_.end() ? 0 : found->second;
}

std::size_t faulty_disk::changes() const
{
    std::lock_guard const lock{mutex_};
    return changes_.size();
}

void faulty_disk::names_are_durable()
{
    change one;
    one.what = disk_operation::sync;
    one.names_too = true;
    note(std::move(one));
}

int faulty_disk::begin(disk_operation what)
{
    std::lock_guard const lock{mutex_};
    auto const nth = ++counts_[what];
    if (failed_)
        ++counts_after_[what];
    if (!fault_)
        return SQLITE_OK;
    bool const now = !failed_ && what == fault_->what && nth == fault_->nth;
    if (!now && !(failed_ && fault_->for_good))
        return SQLITE_OK;
    failed_ = true;
    switch (what) {
    case disk_operation::open: return SQLITE_CANTOPEN;
    case disk_operation::read: return SQLITE_IOERR_READ;
    case disk_operation::write: return fault_->full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case disk_operation::sync: return SQLITE_IOERR_FSYNC;
    case disk_operation::truncate: return SQLITE_IOERR_TRUNCATE;
    case disk_operation::remove: return SQLITE_IOERR_DELETE;
    }
    return SQLITE_IOERR;
}

void faulty_disk::note(change one)
{
    std::lock_guard const lock{mutex_};
    changes_.push_back(std::move(one));
}

/// The files as the power failure finds them.
struct faulty_disk::image {
    static constexpr std::size_t sector = 512;

    struct file {
        std::string synced;
        std::vector<change const*> open;
        /// Whether its name outlives a power failure.
        bool named = false;
        bool exists = true;
        /// Removed, and the folder not synced since: it may come back.
        std::optional<std::string> removed;
    };
    std::map<std::string, file> files;

    void take(change const& one)
    {
        if (one.names_too)
            for (auto& [name, each] : files) {
                each.named = each.exists;
                each.removed.reset();
            }
        if (one.file.empty())
            return;
        auto& in = files[one.file];
        if (one.what == disk_operation::remove) {
            auto gone = in.named ? std::optional{in.synced} : std::nullopt;
            in = {};
            in.exists = false;
            in.removed = std::move(gone);
            return;
        }
        in.exists = true;
        in.open.push_back(&one);
        if (one.what != disk_operation::sync)
            return;
        for (auto const* const each : in.open)
            apply(in.synced, *each, 0, each->bytes.size());
        in.open.clear();
        in.named = in.named || one.names_too;
    }

    static void apply(std::string& to, change const& one, std::size_t from, std::size_t until)
    {
        if (one.what == disk_operation::truncate)
            to.resize(one.place);
        if (one.what != disk_operation::write || from >= until)
            return;
        auto const end = one.place + until;
        if (to.size() < end)
            to.resize(end);
        one.bytes.copy(to.data() + one.place + from, until - from, from);
    }

    [[nodiscard]] static std::string left_of(file const& in, survival how, random_bits& random)
    {
        auto bytes = in.synced;
        auto const last = random.uniform(in.open.size() + 1);
        for (std::size_t i = 0; i < in.open.size(); ++i) {
            auto const& one = *in.open[i];
            if (how == survival::everything || (how == survival::prefix && i < last))
                apply(bytes, one, 0, one.bytes.size());
            else if (how == survival::prefix && i == last)
                apply(bytes, one, 0, end_of_sector(one, random.uniform(one.bytes.size() + 1)));
            else if (how == survival::any_sectors)
                apply_some(bytes, one, random);
        }
        return bytes;
    }

    /// Where the sector ends that the byte is in.
    [[nodiscard]] static std::size_t end_of_sector(change const& one, std::size_t byte)
    {
        auto const end = (one.place + byte) / sector * sector + sector - one.place;
        return std::min<std::size_t>(end, one.bytes.size());
    }

    static void apply_some(std::string& to, change const& one, random_bits& random)
    {
        if (one.what == disk_operation::truncate && random.uniform(2) == 0)
            to.resize(one.place);
        for (std::size_t from = 0; from < one.bytes.size();) {
            auto const until = end_of_sector(one, from);
            if (random.uniform(2) == 0)
                apply(to, one, from, until);
            from = until;
        }
    }
};

void faulty_disk::leave(std::size_t count, survival how, std::uint64_t seed,
                        std::string const& folder) const
{
    std::lock_guard const lock{mutex_};
    image found;
    for (std::size_t i = 0; i < count; ++i)
        found.take(changes_[i]);
    random_bits random{seed};
    for (auto const& [name, each] : found.files) {
        auto const here = folder + "/" + std::filesystem::path{name}.filename().string();
        bool const lucky =
            how == survival::everything || (how != survival::synced_only && random.uniform(2) == 0);
        if (each.exists && (each.named || lucky))
            std::ofstream{here, std::ios::binary} << image::left_of(each, how, random);
        else if (!each.exists && each.removed && how != survival::everything && !lucky)
            std::ofstream{here, std::ios::binary} << *each.removed;
    }
}

} // namespace store_test

namespace {

using namespace store_test;

/// One open database on a disk that fails.
class database {
public:
    database(std::string const& file, faulty_disk& disk)
    {
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        REQUIRE(::sqlite3_open_v2(file.c_str(), &open_, flags, disk.name().c_str()) == SQLITE_OK);
    }
    database(database const&) = delete;
    database& operator=(database const&) = delete;
    ~database() { ::sqlite3_close(open_); }

    int run(char const* sql) { return ::sqlite3_exec(open_, sql, nullptr, nullptr, nullptr); }

private:
    sqlite3* open_ = nullptr;
};

std::string content(std::string const& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_CASE("a faulty disk that does not fail is the system's own, and remembers every byte")
{
    temporary_folder folder;
    temporary_folder left;
    faulty_disk disk;
    database open{folder.file("x"), disk};
    REQUIRE(open.run("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES "
                     "(zeroblob(9000)); PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES "
                     "(1)") == SQLITE_OK);
    disk.leave(disk.changes(), survival::everything, 1, left.file("."));
    CHECK(content(folder.file("x")) == content(left.file("x")));
    CHECK(content(folder.file("x-wal")) == content(left.file("x-wal")));
    CHECK(content(left.file("x-wal")).size() > 4096);
}

TEST_CASE("a power failure takes what was not synced, and may leave any part of it")
{
    temporary_folder folder;
    faulty_disk disk;
    database open{folder.file("x"), disk};
    REQUIRE(open.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE t (a); "
                     "PRAGMA wal_checkpoint(PASSIVE); INSERT INTO t VALUES (zeroblob(9000))") ==
            SQLITE_OK);
    auto const left_by = [&](survival how, std::uint64_t seed) {
        temporary_folder left;
        disk.leave(disk.changes(), how, seed, left.file("."));
        return content(left.file("x-wal"));
    };
    auto const all = left_by(survival::everything, 1);
    CHECK(left_by(survival::synced_only, 1) != all);
    std::size_t torn = 0;
    std::size_t kinds = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto const start = left_by(survival::prefix, seed);
        torn += all.compare(0, start.size(), start) == 0 && start.size() % 4096 != 0 ? 1 : 0;
        auto const some = left_by(survival::any_sectors, seed);
        kinds += some != all && some != left_by(survival::any_sectors, seed + 1) ? 1 : 0;
        CHECK(some == left_by(survival::any_sectors, seed));
    }
    CHECK(torn > 0);
    CHECK(kinds > 10);
}

TEST_CASE("a faulty disk fails once, or from then on, and counts")
{
    for (bool const for_good : {false, true}) {
        temporary_folder folder;
        faulty_disk disk;
        database open{folder.file("x"), disk};
        REQUIRE(open.run("PRAGMA journal_mode = WAL; CREATE TABLE t (a)") == SQLITE_OK);
        disk_fault fault;
        fault.what = disk_operation::write;
        fault.nth = 2;
        fault.full = true;
        fault.for_good = for_good;
        disk.fail(fault);
        CHECK(open.run("INSERT INTO t VALUES (1)") == SQLITE_FULL);
        CHECK(disk.failed());
        CHECK(disk.count(disk_operation::write) == 2);
        CHECK(disk.count_after_fault(disk_operation::write) == 0);
        CHECK((open.run("INSERT INTO t VALUES (1)") == SQLITE_OK) == !for_good);
        CHECK(disk.count_after_fault(disk_operation::write) +
                  disk.count_after_fault(disk_operation::read) >
              0);
        disk.heal();
        CHECK(open.run("INSERT INTO t VALUES (1)") == SQLITE_OK);
    }
}
