// SPDX-License-Identifier: BSL-1.0
#include "writer_process.hpp"

#include "store/crash_checker.hpp"
#include "store/read_back.hpp"
#include "store/temporary_folder.hpp"

#include <converge/work/random.hpp>

#include <doctest/doctest.h>

#include <linux/magic.h>
#include <sys/vfs.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>

using namespace converge;
using namespace kill_test;
using namespace store_test;

namespace {

constexpr std::uint64_t steps_of_storage = 8;

[[nodiscard]] std::uint64_t cycles()
{
    auto const* const asked = std::getenv("CONVERGE_KILL_CYCLES");
    return asked ? std::strtoull(asked, nullptr, 10) : 24;
}

/// One file that writer after writer dies over.
class long_life {
public:
    struct totals {
        std::uint64_t killed = 0;
        std::array<std::uint64_t, steps_of_storage> at_step{};
        std::uint64_t ended = 0;
        std::uint64_t acknowledged = 0;
        std::uint64_t seen = 0;
        std::uint64_t copies = 0;
        std::uint64_t in_doubt = 0;
    };

    explicit long_life(std::uint64_t seed) : random_{seed} {}

    /// @returns what is wrong.
    std::vector<std::string> live_and_die(std::uint64_t cycle)
    {
        auto const plan = choose(cycle);
        auto const told = run_writer(plan, choose_death(cycle));
        if (told.unexpected != 0)
            return {"the writer ended with status " + std::to_string(told.unexpected)};
        count(plan, told);
        crash_log log;
        for (auto const& line : told.lines)
            log.read(line);
        all.acknowledged += log.acknowledged.size();
        all.seen += log.seen.size();
        auto wrong = judge(plan, log);
        judge_copies(plan, log, wrong);
        if (!told.killed && log.asked.size() != log.acknowledged.size() + log.void_.size())
            wrong.push_back("the writer ended, and not everything was answered");
        return wrong;
    }

    [[nodiscard]] revision newest() const { return checker_.newest(); }

    totals all;

private:
    [[nodiscard]] static bool at_a_step(std::uint64_t cycle) { return cycle % 2 == 1; }

    writer_plan choose(std::uint64_t cycle)
    {
        constexpr std::array<std::size_t, 3> histories{40, 300, 65'536};
        constexpr std::array<std::size_t, 3> logs{1, 30'000, 300'000};
        writer_plan plan;
        plan.file = folder_.file("store");
        plan.seed = random_.next() >> 20;
        plan.first_id = (cycle + 1) << 20;
        plan.clock = static_cast<std::int64_t>(random_.uniform(1'000'000'000));
        plan.users = 1 + random_.uniform(8);
        plan.history = histories[random_.uniform(histories.size())];
        plan.log_bytes = logs[random_.uniform(logs.size())];
        plan.copies = random_.uniform(3) == 0;
        if (random_.uniform(4) == 0)
            plan.promise = durability::survives_process_crash_only;
        plan.steps = 600 / plan.users;
        if (at_a_step(cycle)) {
            plan.step = static_cast<storage_step>(cycle / 2 % steps_of_storage);
            plan.nth = 1 + random_.uniform(is_rare(plan.step) ? 3 : 80);
        } else if (random_.uniform(8) == 0) {
            plan.steps = 1 + random_.uniform(60);
        }
        return plan;
    }

    [[nodiscard]] static bool is_rare(storage_step step)
    {
        return step == storage_step::before_sweep || step == storage_step::before_checkpoint ||
               step == storage_step::after_checkpoint;
    }

    death choose_death(std::uint64_t cycle)
    {
        death end;
        if (at_a_step(cycle))
            return end;
        if (random_.uniform(2) == 0)
            end.after_lines = random_.uniform(1500);
        else
            end.after_microseconds = random_.uniform(120'000);
        return end;
    }

    void count(writer_plan const& plan, told const& how)
    {
        if (!how.killed)
            ++all.ended;
        else if (plan.nth == 0)
            ++all.killed;
        else
            ++all.at_step[static_cast<std::size_t>(plan.step)];
    }

    std::vector<std::string> judge(writer_plan const& plan, crash_log const& log)
    {
        auto options = plan.options();
        sqlite_store store{plan.file, resource_types<mark>(), options};
        auto last_lease = checker_.last_lease();
        if (!log.leases.empty())
            last_lease = std::max(last_lease, log.leases.rbegin()->first);
        auto wrong = checker_.check(log, read_back(store, last_lease + 8));
        all.in_doubt += checker_.unknown();
        return wrong;
    }

    /// A backup under its name is complete, whether its maker lived to hear of it or not.
    void judge_copies(writer_plan const& plan, crash_log const& log,
                      std::vector<std::string>& wrong)
    {
        for (auto const& [file, span] : log.copies)
            if (!std::filesystem::exists(file))
                wrong.push_back("the backup " + file + " is not there");
        for (int i = 0; plan.copies && i < 50; ++i) {
            auto const file = plan.file + "-copy" + std::to_string(i);
            std::filesystem::remove(file + "-partial");
            if (!std::filesystem::exists(file))
                continue;
            auto const known = log.copies.find(file);
            auto const span =
                known == log.copies.end() ? std::pair{revision{}, newest()} : known->second;
            judge_copy(file, span, wrong);
        }
    }

    void judge_copy(std::string const& file, std::pair<revision, revision> span,
                    std::vector<std::string>& wrong)
    {
        {
            sqlite_store copy{file, resource_types<mark>()};
            auto const held = held_at(copy, {}, wrong);
            if (checker_.unknown() == 0 && !checker_.was_state(held, span.first, span.second))
                wrong.push_back("the backup " + file + " holds what never was");
            if (copy.newest() <= newest())
                wrong.push_back("the backup " + file + " gives revisions again");
        }
        for (auto const* const beside : {"", "-wal", "-shm", "-lock"})
            std::filesystem::remove(file + beside);
        ++all.copies;
    }

    temporary_folder folder_;
    random_bits random_;
    crash_checker checker_;
};

} // namespace

TEST_CASE("the folder of these tests is on a disk")
{
    // A file system in memory keeps everything, so it would show nothing about the disk.
    struct statfs about{};
    REQUIRE(::statfs(std::filesystem::temp_directory_path().c_str(), &about) == 0);
    WARN(about.f_type != TMPFS_MAGIC);
}

TEST_CASE(
    "kill -9 at any moment loses nothing that was acknowledged and shows nothing that is lost")
{
    std::uint64_t seed = 2024;
    if (auto const* const asked = std::getenv("CONVERGE_KILL_SEED"))
        seed = std::strtoull(asked, nullptr, 10);
    long_life life{seed};
    for (std::uint64_t cycle = 0; cycle < cycles(); ++cycle) {
        INFO("CONVERGE_KILL_SEED=", seed, " cycle ", cycle);
        auto const wrong = life.live_and_die(cycle);
        // The first is the cause of most others.
        REQUIRE_MESSAGE(wrong.empty(), wrong.front(), " (and ", wrong.size() - 1, " more)");
    }
    auto const& all = life.all;
    std::cout << cycles() << " cycles: killed " << all.killed << " times at random";
    for (std::size_t i = 0; i < all.at_step.size(); ++i)
        std::cout << ", " << all.at_step[i] << " at step " << i;
    std::cout << ", ended " << all.ended << "; " << all.acknowledged << " writes acknowledged, "
              << all.seen << " things seen, newest " << to_string(life.newest()) << ", "
              << all.copies << " backups, " << all.in_doubt << " revisions in doubt\n";
    CHECK(all.acknowledged > 0);
    // What is neither acknowledged nor in the history cannot be judged fully.
    CHECK(all.in_doubt * 100 <= all.acknowledged);
}
