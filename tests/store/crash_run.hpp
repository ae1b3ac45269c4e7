// SPDX-License-Identifier: BSL-1.0
#pragma once

// Users of a store in this process, on a disk that fails, and all that they told.

#include "crash_workload.hpp"
#include "faulty_vfs.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

/// Lines as `crash_log` reads them, each with how many changes the disk had seen by then.
class told_lines {
public:
    explicit told_lines(faulty_disk const& disk) : disk_{disk} {}

    void tell(std::string const& line)
    {
        std::lock_guard const lock{mutex_};
        lines_.emplace_back(disk_.changes(), line);
    }

    /// What had been told when the disk had seen so many changes.
    [[nodiscard]] crash_log until(std::size_t moment) const
    {
        std::lock_guard const lock{mutex_};
        crash_log log;
        for (auto const& [at, line] : lines_)
            if (at <= moment)
                log.read(line);
        return log;
    }

    [[nodiscard]] std::size_t size() const
    {
        std::lock_guard const lock{mutex_};
        return lines_.size();
    }

private:
    faulty_disk const& disk_;
    mutable std::mutex mutex_;
    std::vector<std::pair<std::size_t, std::string>> lines_;
};

struct run_totals {
    std::size_t written = 0;
    std::size_t refused = 0;
    std::size_t undecided = 0;
};

/// Lets `users` use the store, each for `steps` things, while one more looks on.
/// @throws std::runtime_error if something hangs.
inline run_totals run_users(converge::sqlite_store& store, told_lines& lines,
                            workload_options const& options, std::uint64_t users,
                            std::uint64_t steps)
{
    workload all{store, [&lines](std::string const& line) { lines.tell(line); }, options};
    boost::asio::io_context context;
    std::uint64_t left = users;
    auto const ended = [&](std::exception_ptr failed) {
        if (failed)
            lines.tell("a user failed");
        --left;
    };
    boost::asio::co_spawn(context, workload::look_on(all),
                          [&](std::exception_ptr) { lines.tell("the watch ended"); });
    for (std::uint64_t user = 0; user < users; ++user)
        boost::asio::co_spawn(context, workload::use(all, user, steps), ended);
    while (left > 0)
        if (context.run_one_for(std::chrono::seconds{20}) == 0)
            throw std::runtime_error{"a user of the store hangs"};
    context.poll();
    return {all.written, all.refused, all.undecided};
}

/// Opens what is left of a store, on a healthy disk.
[[nodiscard]] inline recovered read_left(std::string const& file, std::uint64_t leases_max = 64)
{
    faulty_disk healthy;
    converge::sqlite_store_options options;
    options.vfs = healthy.name();
    converge::sqlite_store store{file, converge::resource_types<mark>(), options};
    return read_back(store, leases_max);
}

} // namespace store_test
