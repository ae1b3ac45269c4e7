// SPDX-License-Identifier: BSL-1.0
#include <converge/store/watch.hpp>

#include <converge/async/sleep.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/testing/world.hpp>

#include "store_under_test.hpp"

#include <atomic>
#include <thread>
#include <vector>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

namespace {

task<std::uint64_t> follow(std::unique_ptr<watch_stream> stream, revision last,
                           std::atomic<std::uint64_t>& reached)
{
    std::uint64_t expected = stream->through().value();
    while (stream->through() < last) {
        auto const batch = co_await stream->next();
        for (auto const& event : batch.events)
            if (event.at != revision{++expected})
                co_return 0;
        reached = batch.through.value();
    }
    co_return expected;
}

void spin(std::uint64_t turns)
{
    for (std::atomic<std::uint64_t> done = 0; done < turns; ++done) {
    }
}

} // namespace

TEST_CASE("a commit that races with the start of a wait is never missed")
{
    for_every_store([](store_under_test& opened) {
        auto const rounds = race_rounds(6'000);
        std::atomic<std::uint64_t> reached = 0;
        session reader{opened.store()};
        auto stream = reader.watch("a/", revision{});
        std::thread writer{[&reached, rounds, store = opened.store()] {
            session user{store};
            for (std::uint64_t i = 1; i <= rounds; ++i) {
                user.put("a/x", 0);
                // Lets the reader come to rest between most commits, at a varying distance.
                for (std::uint64_t spins = 0; reached < i && spins < i % 4096; ++spins) {
                }
            }
        }};
        auto const last = reader.run(follow(std::move(stream), revision{rounds}, reached));
        writer.join();
        CHECK(last == rounds);
    });
}

TEST_CASE("from now: a watch that is opened while another thread commits delivers everything since "
          "the revision that was the newest before")
{
    for_every_store([](store_under_test& opened) {
        auto const rounds = race_rounds(3'000);
        std::atomic<std::uint64_t> turn = 0;
        std::thread writer{[&turn, rounds, store = opened.store()] {
            session user{store};
            for (std::uint64_t i = 1; i <= rounds; ++i) {
                while (turn < i)
                    std::this_thread::yield();
                spin(i * 37 % 256);
                user.put("a/x", static_cast<int>(i));
            }
        }};
        session user{opened.store()};
        std::uint64_t wrong = 0;
        for (std::uint64_t i = 1; i <= rounds; ++i) {
            auto const before = user.newest();
            turn = i;
            spin(i * 61 % 256);
            auto const stream = user.watch(i % 2 == 0 ? "a/" : "a/x", before);
            auto const batch = user.run(stream->next());
            bool const right = batch.events.size() == 1 && batch.events[0].at == before.next() &&
                               size_of(batch.events[0].current) == static_cast<int>(i);
            wrong += right ? 0 : 1;
        }
        writer.join();
        CHECK(wrong == 0);
    });
}

namespace {

constexpr int commits = 6;

task<> write_on(any_store store)
{
    for (int i = 0; i < commits; ++i) {
        auto write = put("a/x", i);
        co_await store.commit(std::move(write));
        co_await yield();
    }
}

/// Opens a new watch for every batch.
task<> register_anew(any_store store, std::vector<std::uint64_t>& seen)
{
    revision place{};
    while (place < revision{commits}) {
        watch_query const query{"a/", place};
        auto const stream = store.watch(query);
        co_await yield();
        auto const batch = co_await stream->next();
        for (auto const& event : batch.events)
            seen.push_back(event.at.value());
        place = batch.through;
    }
}

} // namespace

TEST_CASE("in every order of their steps, registering watchers see each commit once")
{
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 1; i <= commits; ++i)
        all.push_back(i);
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        CAPTURE(seed);
        memory_store store;
        std::vector<std::vector<std::uint64_t>> seen(3);
        testing::world world{seed};
        world.start("writer", [&] { return write_on(any_store{store}); });
        for (auto& mine : seen)
            world.start("watcher", [&] { return register_anew(any_store{store}, mine); });
        auto const ended = [&] {
            return seen[0].size() + seen[1].size() + seen[2].size() >= 3 * commits;
        };
        CHECK(world.run_until(ended, 1h) == testing::stop_reason::done);
        for (auto const& mine : seen)
            CHECK(mine == all);
    }
}
