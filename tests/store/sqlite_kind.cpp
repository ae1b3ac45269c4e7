// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "store_under_test.hpp"
#include "temporary_folder.hpp"

#include <cstdlib>
#include <optional>

using namespace converge;

namespace store_test {

namespace {

class sqlite_under_test final : public store_under_test {
public:
    explicit sqlite_under_test(history_limits const& limits)
    {
        options_.history = limits;
        // The laws are the same with and without the wait for the disk, which takes most of the
        // time.
        if (!std::getenv("CONVERGE_WAIT_FOR_DISK"))
            options_.promise = durability::survives_process_crash_only;
        open();
    }

    any_store store() override { return any_store{*store_}; }
    void compact(revision begin) override { store_->compact(begin); }

    [[nodiscard]] bool durable() const override { return true; }
    void reopen() override
    {
        store_.reset();
        open();
    }
    void back_up() override
    {
        session user{store()};
        user.finish(store_->backup(folder_.file("copy")));
    }
    void restore() override
    {
        store_.reset();
        for (auto const* const each : {"store", "store-wal", "store-shm"})
            std::filesystem::remove(folder_.file(each));
        std::filesystem::rename(folder_.file("copy"), folder_.file("store"));
        open();
    }

private:
    void open() { store_.emplace(folder_.file("store"), resource_types<gadget>(), options_); }

    temporary_folder folder_;
    sqlite_store_options options_;
    std::optional<sqlite_store> store_;
};

} // namespace

std::unique_ptr<store_under_test> open_sqlite(history_limits const& limits)
{
    return std::make_unique<sqlite_under_test>(limits);
}

} // namespace store_test

TEST_CASE("what a store on disk was told is there when it is opened again")
{
    auto const opened = store_test::open_sqlite({});
    store_test::session{opened->store()}.put("a/x", 7);
    opened->reopen();
    store_test::session user{opened->store()};
    CHECK(user.newest() == revision{1});
    CHECK(store_test::size_of(user.get("a/x")->value) == 7);
}
