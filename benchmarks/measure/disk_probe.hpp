// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/sample.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// Does what the disk can do at best: one page after the other, each followed by `fdatasync`.
class disk_probe {
public:
    static constexpr std::size_t page = 4096;

    /// Where a page goes.
    enum class place {
        /// Over another, in a file whose blocks are allocated and were written: nothing but the
        /// page has to reach the disk.
        overwrite,
        /// Behind the last: the file's new length has to reach the disk as well.
        append,
    };

    /// @throws std::system_error; so does `run`.
    disk_probe(std::string const& file, place where);
    ~disk_probe();
    disk_probe(disk_probe const&) = delete;
    disk_probe& operator=(disk_probe const&) = delete;

    /// Writes pages for that long. @returns pages a second.
    double run(steady::duration span);
    /// The same on each processor, one after the other, `span` for all. @returns a rate for each.
    std::vector<double> run_everywhere(steady::duration span);
    /// How long each page took in all runs, in microseconds.
    [[nodiscard]] std::vector<double> const& latencies() const noexcept { return latencies_; }

private:
    void write_page();

    place where_;
    int file_;
    std::size_t next_ = 0;
    std::string content_;
    std::vector<double> latencies_;
};

} // namespace bench
