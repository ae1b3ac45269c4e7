// SPDX-License-Identifier: BSL-1.0
#include <converge/manager/run.hpp>

#include "ending.hpp"

#include <api/unreadable_store.hpp>

#include <converge/async/race.hpp>
#include <converge/observe/memory_sink.hpp>

using namespace control_test;
using converge::errc;

namespace {

task<outcome> content(client, object<page>)
{
    co_return converge::settled();
}

task<> note_end(task<> body, bool& into)
{
    co_await std::move(body);
    into = true;
}

task<> make_and_spoil(api_test::unreadable_store& store, client api)
{
    auto const made = co_await api.create(site_named("a"));
    store.spoilt.insert(converge::store_key(converge::type_of<site>(), made->key()));
}

task<> leave_an_orphan(client api, bool& collected)
{
    auto const owner = co_await api.create(site_named("a"));
    auto const orphan = co_await api.create(page_of(*owner, "p"));
    co_await api.remove(owner->key());
    co_await api.wait_gone(orphan->key());
    collected = true;
}

/// A store whose disk breaks at some time.
class breakable_store : public api_test::store_around {
public:
    converge::commit_outcome commit(converge::transaction wanted)
    {
        check();
        return good.commit(std::move(wanted));
    }
    std::optional<converge::stored> get(std::string key)
    {
        check();
        return good.get(key);
    }
    converge::list_page list(converge::list_query query)
    {
        check();
        return good.list(std::move(query));
    }
    std::unique_ptr<converge::watch_stream> watch(converge::watch_query query)
    {
        return std::make_unique<stream>(*this, good.watch(std::move(query)));
    }
    bool broken = false;

private:
    class stream final : public converge::watch_stream {
    public:
        stream(breakable_store const& of, std::unique_ptr<converge::watch_stream> from)
            : of_{of}, from_{std::move(from)}
        {
        }
        task<converge::watch_batch> next() override
        {
            auto batch = co_await from_->next();
            of_.check();
            co_return batch;
        }
        converge::revision through() const override { return from_->through(); }

    private:
        breakable_store const& of_;
        std::unique_ptr<converge::watch_stream> from_;
    };

    void check() const
    {
        if (broken)
            throw converge::error{errc::unavailable, "the disk is gone"};
    }
};
static_assert(converge::store<breakable_store>);

task<> break_at(breakable_store& store, client api, instant due)
{
    co_await converge::sleep_until(due);
    co_await api.create(site_named("last"));
    store.broken = true;
}

} // namespace

TEST_CASE("a failure of the store ends run with that failure")
{
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        CAPTURE(seed);
        breakable_store store;
        ending end;
        journal seen;
        converge::testing::world world{seed};
        client const api{store};
        world.start("plane", [&] { return watch_end(end, converge::run(api, noting(seen))); });
        world.start("fate", [&] { return break_at(store, api, instant{5s}); });
        CHECK(world.run_for(1h) == stop_reason::quiet);
        REQUIRE(end.at);
        CHECK(*end.at == instant{5s});
        REQUIRE(end.failure);
        CHECK_THROWS_WITH_AS(std::rethrow_exception(end.failure), "the disk is gone",
                             converge::error);
    }
}

TEST_CASE("a store that is broken from the start ends run as well")
{
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        CAPTURE(seed);
        breakable_store store;
        store.broken = true;
        ending end;
        journal seen;
        converge::testing::world world{seed};
        client const api{store};
        world.start("plane", [&] { return watch_end(end, converge::run(api, noting(seen))); });
        CHECK(world.run_for(1h) == stop_reason::quiet);
        REQUIRE(end.failure);
        CHECK_THROWS_WITH_AS(std::rethrow_exception(end.failure), "the disk is gone",
                             converge::error);
        CHECK(seen.runs.empty());
    }
}

TEST_CASE("a control plane without controllers keeps house until it is stopped")
{
    converge::memory_store store;
    client const api{store};
    bool collected = false;
    ending end;
    converge::testing::world world{1};
    world.start("plane", [&] {
        return watch_end(end, converge::until(converge::sleep_until(instant{5s}),
                                              converge::run(api)));
    });
    world.start("person", [&] { return leave_an_orphan(api, collected); });
    CHECK(world.run_for(1h) == stop_reason::quiet);
    CHECK(collected);
    CHECK(end.at == instant{5s});
    CHECK_FALSE(end.failure);
}

TEST_CASE("a control plane without controllers runs until it is cancelled")
{
    simulation sim{1};
    bool ended = false;
    auto const plane = sim.world.start("plane", [&] {
        return note_end(converge::run(sim.connect()), ended);
    });
    sim.settle();
    CHECK_FALSE(ended);
    CHECK(sim.world.alive(plane));
}

TEST_CASE("a failure of the store ends a control plane without controllers")
{
    breakable_store store;
    ending end;
    converge::testing::world world{1};
    client const api{store};
    world.start("plane", [&] { return watch_end(end, converge::run(api)); });
    world.start("fate", [&] { return break_at(store, api, instant{5s}); });
    CHECK(world.run_for(1h) == stop_reason::quiet);
    CHECK(end.at == instant{5s});
    REQUIRE(end.failure);
    CHECK_THROWS_WITH_AS(std::rethrow_exception(end.failure), "the disk is gone",
                         converge::error);
}

TEST_CASE("an object that cannot be read ends no control plane, and what is missing is told")
{
    api_test::unreadable_store store;
    converge::testing::world world{1};
    client const api{store};
    journal seen;
    auto const log = std::make_shared<converge::memory_sink>();
    auto const context = converge::control_context{}.logging_to(converge::logger{log});
    world.start("person", [&] { return make_and_spoil(store, api); });
    world.run_for(1s);
    auto const plane = world.start("plane", [&] {
        return converge::run(api, context, noting(seen), controller<page>{content});
    });
    world.run_for(1h);
    CHECK_FALSE(world.failure(plane));
    CHECK(seen.runs.empty());
    auto const records = log->records();
    auto const told_by = [&](std::string_view component) {
        return std::count_if(records.begin(), records.end(), [&](auto const& each) {
            return each.component == component && each.level >= converge::log_level::warn;
        });
    };
    CHECK(told_by("housekeeping") == 1);
    CHECK(told_by("cache") > 0);
    CHECK(told_by("cache") < 12);
    CHECK(records.size() < 30);
}
