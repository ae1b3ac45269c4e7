// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "faulty_vfs.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace store_test {

/// The functions that SQLite calls.
struct faulty_calls {
    /// What SQLite holds for an open file; the system's own follows it in memory.
    struct file {
        sqlite3_file base;
        faulty_disk* disk;
        std::string* name;
        bool names_too;

        [[nodiscard]] sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };

    static file& of(sqlite3_file* open) { return *reinterpret_cast<file*>(open); }
    static sqlite3_file* below(sqlite3_file* open) { return of(open).below(); }
    static sqlite3_io_methods const& calls(sqlite3_file* open) { return *below(open)->pMethods; }
    static sqlite3_vfs* system(sqlite3_vfs* of) { return static_cast<sqlite3_vfs*>(of->pAppData); }

    static faulty_disk& disk(sqlite3_vfs* of);

    static int open(sqlite3_vfs* vfs, char const* name, sqlite3_file* into, int flags, int* given)
    {
        auto& disk = faulty_calls::disk(vfs);
        auto& made = of(into);
        made.base.pMethods = nullptr;
        if (auto const failed = disk.begin(disk_operation::open))
            return failed;
        auto const answer = system(vfs)->xOpen(system(vfs), name, made.below(), flags, given);
        if (answer != SQLITE_OK)
            return answer;
        made.disk = &disk;
        made.name = new std::string{name ? name : ""};
        // As the system's own does: the first sync of a log makes the folder durable too.
        made.names_too = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
        made.base.pMethods = &methods();
        return SQLITE_OK;
    }

    static int close(sqlite3_file* open)
    {
        auto const answer = calls(open).xClose(below(open));
        delete of(open).name;
        return answer;
    }

    static int read(sqlite3_file* open, void* into, int size, sqlite3_int64 place)
    {
        if (auto const failed = of(open).disk->begin(disk_operation::read))
            return failed;
        return calls(open).xRead(below(open), into, size, place);
    }

    static int write(sqlite3_file* open, void const* from, int size, sqlite3_int64 place)
    {
        auto& to = of(open);
        if (auto const failed = to.disk->begin(disk_operation::write))
            return failed;
        auto const answer = calls(open).xWrite(below(open), from, size, place);
        faulty_disk::change one;
        one.file = *to.name;
        one.place = static_cast<std::uint64_t>(place);
        one.bytes.assign(static_cast<char const*>(from), static_cast<std::size_t>(size));
        to.disk->note(std::move(one));
        return answer;
    }

    static int truncate(sqlite3_file* open, sqlite3_int64 size)
    {
        auto& to = of(open);
        if (auto const failed = to.disk->begin(disk_operation::truncate))
            return failed;
        faulty_disk::change one;
        one.what = disk_operation::truncate;
        one.file = *to.name;
        one.place = static_cast<std::uint64_t>(size);
        to.disk->note(std::move(one));
        return calls(open).xTruncate(below(open), size);
    }

    static int sync(sqlite3_file* open, int)
    {
        auto& to = of(open);
        if (auto const failed = to.disk->begin(disk_operation::sync))
            return failed;
        faulty_disk::change one;
        one.what = disk_operation::sync;
        one.file = *to.name;
        one.names_too = to.names_too;
        to.disk->note(std::move(one));
        return SQLITE_OK;
    }

    static int remove(sqlite3_vfs* vfs, char const* name, int)
    {
        auto& disk = faulty_calls::disk(vfs);
        if (auto const failed = disk.begin(disk_operation::remove))
            return failed;
        faulty_disk::change one;
        one.what = disk_operation::remove;
        one.file = name;
        disk.note(std::move(one));
        return system(vfs)->xDelete(system(vfs), name, 0);
    }

    static sqlite3_io_methods const& methods()
    {
        static sqlite3_io_methods const all = [] {
            sqlite3_io_methods made{};
            made.iVersion = 2;
            made.xClose = &close;
            made.xRead = &read;
            made.xWrite = &write;
            made.xTruncate = &truncate;
            made.xSync = &sync;
            made.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
                return calls(f).xFileSize(below(f), size);
            };
            made.xLock = [](sqlite3_file* f, int how) { return calls(f).xLock(below(f), how); };
            made.xUnlock = [](sqlite3_file* f, int how) { return calls(f).xUnlock(below(f), how); };
            made.xCheckReservedLock = [](sqlite3_file* f, int* held) {
                return calls(f).xCheckReservedLock(below(f), held);
            };
            made.xFileControl = [](sqlite3_file* f, int what, void* with) {
                return calls(f).xFileControl(below(f), what, with);
            };
            made.xSectorSize = [](sqlite3_file* f) { return calls(f).xSectorSize(below(f)); };
            made.xDeviceCharacteristics = [](sqlite3_file* f) {
                return calls(f).xDeviceCharacteristics(below(f));
            };
            made.xShmMap = [](sqlite3_file* f, int part, int size, int extend,
                              void volatile** into) {
                return calls(f).xShmMap(below(f), part, size, extend, into);
            };
            made.xShmLock = [](sqlite3_file* f, int from, int count, int how) {
                return calls(f).xShmLock(below(f), from, count, how);
            };
            made.xShmBarrier = [](sqlite3_file* f) { calls(f).xShmBarrier(below(f)); };
            made.xShmUnmap = [](sqlite3_file* f, int remove_it) {
                return calls(f).xShmUnmap(below(f), remove_it);
            };
            return made;
        }();
        return all;
    }
};

} // namespace store_test
