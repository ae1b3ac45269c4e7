// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "crash_checker.hpp"
#include "crash_run.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>

using namespace converge;
using namespace store_test;

namespace {

[[nodiscard]] std::uint64_t seeds()
{
    auto const* const asked = std::getenv("CONVERGE_POWER_SEEDS");
    return asked ? std::strtoull(asked, nullptr, 10) : 1;
}

/// What the users of one store did, on a disk whose power can be taken to fail at any moment.
class powered_run {
public:
    powered_run(std::uint64_t seed, durability promise) : seed_{seed}
    {
        sqlite_store_options options;
        options.vfs = disk_.name();
        options.promise = promise;
        options.history.events = 30;
        options.log_bytes = 60'000;
        options.on_step = [this](storage_step what) {
            sweeps += what == storage_step::before_sweep ? 1 : 0;
            foldings += what == storage_step::after_checkpoint ? 1 : 0;
        };
        // All names but that of the log, which SQLite makes.
        sqlite_store store{folder_.file("store"), resource_types<mark>(), options};
        disk_.names_are_durable();
        incarnation_ = store.incarnation();
        opened_ = disk_.changes();
        workload_options chosen;
        chosen.seed = seed;
        chosen.keys = 12;
        chosen.kept = 20;
        run_users(store, lines_, chosen, 6, 70);
    }

    [[nodiscard]] std::size_t moments() const { return disk_.changes() + 1; }

    /// @returns what is wrong if the power fails after so many changes.
    [[nodiscard]] std::vector<std::string> fail_at(std::size_t moment, survival how,
                                                   std::uint64_t seed, bool may_lose) const
    {
        temporary_folder left;
        disk_.leave(moment, how, seed, left.file("."));
        crash_checker checker{may_lose};
        auto const found = read_left(left.file("store"));
        auto wrong = checker.check(lines_.until(moment), found);
        bool const made = moment >= opened_ && (!may_lose || found.newest > revision{});
        if (made && found.incarnation != incarnation_)
            wrong.push_back("it is another incarnation");
        return wrong;
    }

    /// Tries `share` of all moments, each with one way to fail, and more seeds if asked to.
    /// @returns the first that is wrong, in words.
    [[nodiscard]] std::string fail_everywhere(std::size_t tried, bool may_lose) const
    {
        constexpr survival ways[] = {survival::any_sectors, survival::prefix,
                                     survival::synced_only};
        auto const step = std::max<std::size_t>(moments() / tried, 1);
        random_bits random{seed_};
        for (std::size_t at = 0; at < moments(); at += 1 + random.uniform(2 * step - 1)) {
            auto const how = ways[random.uniform(5) % 3];
            auto const seed = random.next();
            auto const wrong = fail_at(at, how, seed, may_lose);
            if (!wrong.empty())
                return "seed " + std::to_string(seed_) + ": after change " + std::to_string(at) +
                       " of " + std::to_string(moments()) + ", survival " +
                       std::to_string(static_cast<int>(how)) + ": " + wrong.front();
        }
        return {};
    }

    std::atomic<int> sweeps = 0;
    std::atomic<int> foldings = 0;

private:
    temporary_folder folder_;
    faulty_disk disk_;
    told_lines lines_{disk_};
    std::uint64_t seed_;
    std::uint64_t incarnation_ = 0;
    std::size_t opened_ = 0;
};

} // namespace

TEST_CASE("a power failure at any moment takes nothing that was acknowledged or seen")
{
    for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
        powered_run const run{seed, durability::survives_power_loss};
        CHECK(run.sweeps > 0);
        CHECK(run.foldings > 0);
        CHECK(run.fail_everywhere(200, false) == "");
    }
}

TEST_CASE("without waiting for the disk a power failure takes the end alone")
{
    for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
        powered_run const run{seed, durability::survives_process_crash_only};
        CHECK(run.fail_everywhere(150, true) == "");
    }
}

TEST_CASE("power failures do take what was not waited for: these tests can fail")
{
    powered_run const run{1, durability::survives_process_crash_only};
    CHECK(run.fail_everywhere(30, false) != "");
}

TEST_CASE("what survives a power failure is whole at every moment while a file is made")
{
    temporary_folder folder;
    faulty_disk disk;
    sqlite_store_options options;
    options.vfs = disk.name();
    {
        sqlite_store const made{folder.file("store"), resource_types<mark>(), options};
    }
    for (std::size_t moment = 0; moment <= disk.changes(); ++moment)
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            temporary_folder left;
            auto const how = seed == 0 ? survival::prefix : survival::any_sectors;
            disk.leave(moment, how, seed, left.file("."));
            INFO("after change ", moment, ", seed ", seed);
            CHECK(read_left(left.file("store")).newest == revision{});
        }
}
