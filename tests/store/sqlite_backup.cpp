// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "crash_checker.hpp"
#include "crash_workload.hpp"
#include "read_back.hpp"
#include "temporary_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

namespace {

/// A store with three revisions; the second erased a key.
class filled {
public:
    filled()
    {
        user.put("a/x", 1);
        user.put("a/y", 2);
        user.erase("a/x");
    }

    [[nodiscard]] std::string file(std::string const& name) const { return folder_.file(name); }

private:
    temporary_folder folder_;

public:
    sqlite_store store{folder_.file("store"), resource_types<gadget>()};
    session user{any_store{store}};
};

constexpr auto jump_at_least = std::uint64_t{1'000'000};

} // namespace

TEST_CASE("a backup holds what was committed, and is one file of its own")
{
    filled from;
    from.user.finish(from.store.backup(from.file("copy")));
    from.user.put("a/z", 3);
    CHECK(std::filesystem::exists(from.file("copy")));
    for (auto const* const beside : {"-wal", "-shm", "-journal", "-partial"})
        CHECK_FALSE(std::filesystem::exists(from.file("copy") + beside));
    sqlite_store const copy{from.file("copy"), resource_types<gadget>()};
    CHECK(size_of(copy.get("a/y")->value) == 2);
    CHECK_FALSE(copy.get("a/x").has_value());
    CHECK_FALSE(copy.get("a/z").has_value());
    CHECK(copy.get("a/y")->modified == revision{2});
}

TEST_CASE(
    "a restored backup is another incarnation: what was given since is refused, none given again")
{
    filled from;
    from.user.finish(from.store.backup(from.file("copy")));
    auto const late = from.user.put("a/z", 3);
    sqlite_store copy{from.file("copy"), resource_types<gadget>()};
    session user{any_store{copy}};
    CHECK(copy.incarnation() != from.store.incarnation());
    CHECK(copy.newest().value() > late.value() + jump_at_least);
    CHECK(fails_with(errc::gone, [&] { user.list("", revision{2}); }));
    CHECK(fails_with(errc::gone, [&] { user.list("", late); }));
    CHECK(fails_with(errc::gone, [&] { (void)copy.get("a/y", revision{3}); }));
    for (auto const since : {revision{}, revision{2}, revision{3}, late})
        CHECK(fails_with(errc::gone, [&] { user.ready(*user.watch("", since)); }));
    auto const before = revision{copy.newest().value() - 1};
    CHECK_FALSE(user.ready(*user.watch("", before)).has_value());
    auto const stream = user.watch("", copy.newest());
    CHECK_FALSE(user.ready(*stream).has_value());
    auto const next = user.put("a/y", 4);
    CHECK(next.value() > late.value() + jump_at_least);
    auto const events = user.drain(*stream);
    REQUIRE(events.size() == 1);
    CHECK(size_of(events[0].previous) == 2);
    CHECK(copy.get("a/y")->created == revision{2});
    CHECK(copy.get("a/y")->version == 2);
}

TEST_CASE("a restored backup stays what it became when it was opened first")
{
    filled from;
    from.user.finish(from.store.backup(from.file("copy")));
    std::uint64_t incarnation = 0;
    revision newest;
    for (int i = 0; i < 3; ++i) {
        sqlite_store const copy{from.file("copy"), resource_types<gadget>()};
        if (i > 0) {
            CHECK(copy.incarnation() == incarnation);
            CHECK(copy.newest() == newest);
        }
        incarnation = copy.incarnation();
        newest = copy.newest();
    }
}

TEST_CASE("two restored copies of one backup are different incarnations")
{
    filled from;
    from.user.finish(from.store.backup(from.file("copy")));
    std::filesystem::copy_file(from.file("copy"), from.file("again"));
    sqlite_store const one{from.file("copy"), resource_types<gadget>()};
    sqlite_store const other{from.file("again"), resource_types<gadget>()};
    CHECK(one.incarnation() != other.incarnation());
}

TEST_CASE("a backup of a restored backup goes on from there")
{
    filled from;
    from.user.finish(from.store.backup(from.file("copy")));
    sqlite_store copy{from.file("copy"), resource_types<gadget>()};
    session user{any_store{copy}};
    user.finish(copy.backup(from.file("second")));
    sqlite_store const second{from.file("second"), resource_types<gadget>()};
    CHECK(second.newest().value() > copy.newest().value() + jump_at_least);
    CHECK(second.get("a/y").has_value());
}

TEST_CASE("a copy put back by hand is another incarnation if the program says so")
{
    temporary_folder folder;
    auto const file = folder.file("store");
    std::uint64_t incarnation = 0;
    {
        sqlite_store made{file, resource_types<gadget>()};
        session{any_store{made}}.put("a/x", 1);
        incarnation = made.incarnation();
    }
    sqlite_store_options options;
    options.restored = true;
    sqlite_store const restored{file, resource_types<gadget>(), options};
    CHECK(restored.incarnation() != incarnation);
    CHECK(restored.newest().value() > jump_at_least);
    CHECK(restored.stats().compacted == restored.newest());
    CHECK(restored.get("a/x").has_value());
}

TEST_CASE("leases go with a backup, and those granted since are not granted again")
{
    filled from;
    auto const kept = from.user.run(from.store.grant_lease(10s, instant{}));
    from.user.commit(put("a/leased", 1, kept));
    from.user.finish(from.store.backup(from.file("copy")));
    auto const late = from.user.run(from.store.grant_lease(10s, instant{}));
    sqlite_store copy{from.file("copy"), resource_types<gadget>()};
    session user{any_store{copy}};
    CHECK(copy.get("a/leased")->lease == kept);
    CHECK_FALSE(copy.renew_lease(late, instant{}));
    CHECK(user.run(copy.grant_lease(10s, instant{})) > late);
    CHECK_FALSE(copy.renew_lease(late, instant{}));
    CHECK(copy.renew_lease(kept, instant{}));
}

TEST_CASE("a backup never replaces a file, and leaves nothing if it cannot be made")
{
    filled from;
    std::ofstream{from.file("there")} << "precious";
    CHECK(fails_with(errc::already_exists,
                     [&] { from.user.finish(from.store.backup(from.file("there"))); }));
    CHECK(fails_with(errc::already_exists,
                     [&] { from.user.finish(from.store.backup(from.file("store"))); }));
    CHECK(fails_with(errc::unavailable,
                     [&] { from.user.finish(from.store.backup(from.file("none/copy"))); }));
    std::ifstream in{from.file("there")};
    std::string text;
    in >> text;
    CHECK(text == "precious");
    CHECK_FALSE(std::filesystem::exists(from.file("there-partial")));
    CHECK(from.user.put("a/z", 3) == revision{4});
    CHECK(from.store.health().failure == "");
}

TEST_CASE("what an interrupted backup left is replaced by the next")
{
    filled from;
    std::ofstream{from.file("copy-partial")} << std::string(10'000, 'x');
    from.user.finish(from.store.backup(from.file("copy")));
    CHECK_FALSE(std::filesystem::exists(from.file("copy-partial")));
    sqlite_store const copy{from.file("copy"), resource_types<gadget>()};
    CHECK(copy.get("a/y").has_value());
}

TEST_CASE("what is acknowledged in the same group as a backup can be read")
{
    filled from;
    for (int i = 0; i < 8; ++i) {
        // Both are asked for before the disk has taken either, most of the time.
        auto const name = from.file("copy" + std::to_string(i));
        boost::asio::io_context context{1};
        revision acknowledged;
        revision seen;
        std::optional<commit_outcome> outcome;
        boost::asio::co_spawn(context, keep(from.store.commit(put("a/x", i)), outcome),
                              [&](std::exception_ptr) {
                                  acknowledged = outcome->at;
                                  seen = from.store.newest();
                              });
        boost::asio::co_spawn(context, from.store.backup(name), [](std::exception_ptr) {});
        context.run();
        CHECK(seen >= acknowledged);
        CHECK(size_of(from.store.get("a/x")->value) == i);
    }
}

TEST_CASE("a backup made while others write holds exactly the state of one revision")
{
    temporary_folder folder;
    sqlite_store_options options;
    options.promise = durability::survives_process_crash_only;
    crash_log log;
    {
        sqlite_store store{folder.file("store"), resource_types<mark>(), options};
        std::mutex mutex;
        workload_options chosen;
        chosen.keys = 40;
        chosen.copy = folder.file("copy");
        chosen.kept = 1'000'000;
        workload all{store,
                     [&](std::string const& line) {
                         std::lock_guard const lock{mutex};
                         log.read(line);
                     },
                     chosen};
        boost::asio::io_context context;
        for (std::uint64_t user = 0; user < 6; ++user)
            boost::asio::co_spawn(context, workload::use(all, user, 250),
                                  [](std::exception_ptr) {});
        std::thread other{[&] { context.run(); }};
        context.run();
        other.join();
    }
    REQUIRE(log.copies.size() > 2);
    crash_checker checker;
    sqlite_store store{folder.file("store"), resource_types<mark>(), options};
    REQUIRE(checker.check(log, read_back(store, 400)) == std::vector<std::string>{});
    for (auto const& [file, span] : log.copies) {
        INFO(file, " from ", to_string(span.first), " to ", to_string(span.second));
        sqlite_store const copy{file, resource_types<mark>(), options};
        std::vector<std::string> wrong;
        CHECK(checker.was_state(held_at(copy, {}, wrong), span.first, span.second));
        CHECK(wrong.empty());
    }
}
