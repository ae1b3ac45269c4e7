// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "faulty_vfs.hpp"
#include "gate.hpp"
#include "reopened_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

using namespace converge;
using namespace store_test;

namespace {

/// A backup that somebody waits for.
struct asked_backup {
    std::exception_ptr failure;
    bool done = false;

    [[nodiscard]] bool failed_with(errc code) const
    {
        return done && failure && fails_with(code, [this] { std::rethrow_exception(failure); });
    }
    [[nodiscard]] bool succeeded() const { return done && !failure; }
};

/// A store of several megabytes, whose backup takes many steps.
class large_store {
public:
    explicit large_store(std::function<void(storage_step)> on_step = {}, int objects = 40)
        : objects_{objects}
    {
        it_.options.vfs = "unix";
        it_.options.on_step = std::move(on_step);
        it_.reopen();
        for (int i = 0; i < objects_; ++i) {
            transaction write;
            write.put("a/" + std::to_string(i), make_gadget(i, std::string(200'000, 'x')));
            it_.user->commit(std::move(write));
        }
    }

    /// Asks for a backup; it has been handed to the store when this returns.
    void ask(std::string const& name, asked_backup& into)
    {
        boost::asio::co_spawn(context_, it_.store->backup(file(name)),
                              [&into](std::exception_ptr thrown) {
                                  into.failure = thrown;
                                  into.done = true;
                              });
        context_.restart();
        context_.poll();
    }
    void finish()
    {
        context_.restart();
        context_.run();
    }
    void close() { it_.close(); }

    [[nodiscard]] std::string file(std::string const& name) const { return it_.file() + name; }
    [[nodiscard]] bool exists(std::string const& name) const
    {
        return std::filesystem::exists(file(name));
    }
    [[nodiscard]] sqlite_store& store() { return *it_.store; }
    [[nodiscard]] session& user() { return *it_.user; }

    /// Whether a copy holds all the objects.
    [[nodiscard]] bool whole(std::string const& name) const
    {
        sqlite_store const copy{file(name), resource_types<gadget>()};
        for (int i = 0; i < objects_; ++i) {
            auto const held = copy.get("a/" + std::to_string(i));
            if (!held || size_of(held->value) != i)
                return false;
        }
        return true;
    }

private:
    int objects_;
    boost::asio::io_context context_{1};
    reopened it_;
};

/// Does something once, after the backup was begun and before it copies anything.
class when_begun {
public:
    [[nodiscard]] std::function<void(storage_step)> hook()
    {
        return [this](storage_step what) {
            std::lock_guard const lock{mutex_};
            if (what == storage_step::after_acknowledge && action_ &&
                std::filesystem::exists(partial_))
                std::exchange(action_, {})();
        };
    }
    void set(std::string partial, std::function<void()> action)
    {
        std::lock_guard const lock{mutex_};
        partial_ = std::move(partial);
        action_ = std::move(action);
    }

private:
    std::mutex mutex_;
    std::string partial_;
    std::function<void()> action_;
};

} // namespace

TEST_CASE("commits go on while a backup is copied, and it holds none of them by half")
{
    large_store from;
    asked_backup asked;
    from.ask("copy", asked);
    for (int i = 0; i < 20; ++i) {
        transaction both;
        both.put("b/x", make_gadget(i));
        both.put("b/y", make_gadget(i));
        from.user().commit(std::move(both));
    }
    from.finish();
    REQUIRE(asked.succeeded());
    CHECK(from.whole("copy"));
    sqlite_store const copy{from.file("copy"), resource_types<gadget>()};
    auto const x = copy.get("b/x");
    auto const y = copy.get("b/y");
    REQUIRE(x.has_value() == y.has_value());
    if (x)
        CHECK(size_of(x->value) == size_of(y->value));
}

TEST_CASE("a backup that is asked for meanwhile ends the one under way, which leaves nothing")
{
    gate disk;
    large_store from{[&disk](storage_step what) {
        if (what == storage_step::before_acknowledge)
            disk.pass();
    }};
    disk.close();
    asked_backup first;
    asked_backup second;
    from.ask("one", first);
    disk.wait_for_arrival();
    from.ask("two", second);
    disk.open();
    from.finish();
    CHECK(first.failed_with(errc::unavailable));
    CHECK_FALSE(from.exists("one"));
    CHECK_FALSE(from.exists("one-partial"));
    REQUIRE(second.succeeded());
    CHECK(from.whole("two"));
}

TEST_CASE("closing a store ends a backup under way, which tells so and leaves nothing")
{
    large_store from;
    asked_backup asked;
    from.ask("copy", asked);
    from.close();
    from.finish();
    REQUIRE(asked.done);
    // The disk may have been faster.
    CHECK((asked.succeeded() || asked.failed_with(errc::unavailable)));
    CHECK(from.exists("copy") == asked.succeeded());
    CHECK_FALSE(from.exists("copy-partial"));
}

TEST_CASE("a file that appears in the place of a backup while that is made stays as it is")
{
    when_begun moment;
    large_store from{moment.hook()};
    auto const name = from.file("copy");
    moment.set(name + "-partial", [&name] { std::ofstream{name} << "precious"; });
    asked_backup asked;
    from.ask("copy", asked);
    from.finish();
    CHECK(asked.failed_with(errc::already_exists));
    std::ifstream in{name};
    std::string text;
    in >> text;
    CHECK(text == "precious");
    CHECK_FALSE(from.exists("copy-partial"));
    CHECK(from.store().health().failure == "");
}

TEST_CASE("a backup whose file is taken away meanwhile fails, and the store goes on")
{
    when_begun moment;
    large_store from{moment.hook()};
    auto const partial = from.file("copy-partial");
    moment.set(partial, [&partial] { std::filesystem::remove(partial); });
    asked_backup asked;
    from.ask("copy", asked);
    from.finish();
    CHECK(asked.failed_with(errc::unavailable));
    CHECK_FALSE(from.exists("copy"));
    CHECK(from.store().health().failure == "");
    asked_backup again;
    from.ask("copy", again);
    from.finish();
    CHECK(again.succeeded());
    CHECK(from.whole("copy"));
}

TEST_CASE("a backup that the disk refuses fails, leaves nothing, and the store goes on")
{
    large_store from{{}, 16};
    faulty_disk disk;
    disk.serve_all();
    int refused = 0;
    for (auto const what : {disk_operation::open, disk_operation::write, disk_operation::sync,
                            disk_operation::remove}) {
        INFO(std::string{name_of(what)});
        for (std::uint64_t nth = 1;; nth = nth < 4 ? nth + 1 : nth * 3) {
            CAPTURE(nth);
            disk_fault fault;
            fault.what = what;
            fault.nth = nth;
            disk.fail(fault);
            asked_backup asked;
            from.ask("copy", asked);
            from.finish();
            if (!disk.failed()) {
                REQUIRE(asked.succeeded());
                break;
            }
            // SQLite can do without the removal of some of its files.
            CHECK((asked.failed_with(errc::unavailable) || what == disk_operation::remove));
            CHECK(from.exists("copy") == asked.succeeded());
            CHECK_FALSE(from.exists("copy-partial"));
            refused += asked.succeeded() ? 0 : 1;
            std::filesystem::remove(from.file("copy"));
        }
        disk.heal();
        CHECK(from.whole("copy"));
        std::filesystem::remove(from.file("copy"));
        CHECK(from.store().health().failure == "");
        from.user().put("b/x", 1);
    }
    CHECK(refused > 8);
}
