// SPDX-License-Identifier: BSL-1.0
#include <converge/store/watch.hpp>

#include "history_checker.hpp"
#include "watch_log.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <vector>

using namespace converge;
using namespace store_test;

namespace {

/// What the last commits write, for everybody to stop at.
constexpr int the_end = -1;

std::vector<model_write> ending()
{
    std::vector<model_write> all;
    for (int i = 0; i < 5; ++i)
        all.push_back({"a/" + std::to_string(i), the_end});
    return all;
}

/// Follows the store to its end with one watch after another, and notes all that it is told.
class follower {
public:
    follower(store_under_test& opened, unsigned number)
        : opened_{opened},
          user_{opened.store()},
          random_{number}
    {}

    void operator()()
    {
        while (!ended_) {
            try {
                below(8) == 0 ? list() : watch();
            } catch (error const& failed) {
                note_gone(failed);
                list_again();
            }
        }
    }

    std::vector<watch_log> watches;
    std::vector<list_log> lists;
    std::size_t gone = 0;
    /// Laws that can be checked at once only.
    std::size_t broken_laws = 0;

private:
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    [[nodiscard]] std::string any_prefix()
    {
        return std::vector<std::string>{"", "a/", "a/2", "a/4"}[below(4)];
    }

    /// Opens a watch somewhere and reads from it for a while.
    void watch()
    {
        auto const newest = user_.newest().value();
        auto prefix = any_prefix();
        revision after = watches.empty() ? revision{} : watches.back().through();
        switch (below(6)) {
        case 0: after = revision{newest}; break;
        case 1: after = revision{newest + below(4)}; break;
        case 2: after = revision{newest - std::min(newest, below(100))}; break;
        case 3:
            if (!watches.empty() && !watches.back().deliveries.empty()) {
                auto const& all = watches.back().deliveries;
                after = all[below(all.size())].through;
            }
            break;
        default: break;
        }
        read(std::move(prefix), after, 1 + below(30));
    }

    void read(std::string prefix, revision after, std::uint64_t batches)
    {
        auto& log = watches.emplace_back();
        log.prefix = std::move(prefix);
        log.after = after;
        log.batch_max = below(5) * below(5);
        auto const stream = user_.watch(log.prefix, after, log.batch_max);
        must(stream->through() == after);
        for (; batches > 0 && !ended_; --batches) {
            auto const window = opened_.compacted();
            bool const lost = stream->through().next() < window;
            auto const batch = next(*stream);
            must(!lost);
            if (!batch)
                continue;
            must(stream->through() >= batch->through);
            log.add(*batch);
            auto const& last = log.deliveries.back().events.back();
            ended_ = last.now == the_end;
        }
    }

    /// A batch; perhaps none, if it was not waited for.
    std::optional<watch_batch> next(watch_stream& stream)
    {
        if (below(3) != 0)
            return user_.run(stream.next());
        auto const started = user_.start(stream);
        user_.cancel(*started);
        // A commit that came first may not have handed its notification over yet.
        user_.wait(*started);
        if (started->failure && !aborted(*started))
            std::rethrow_exception(started->failure);
        return std::move(started->batch);
    }

    void list()
    {
        auto const& log = lists.emplace_back(list_in_pages(user_, any_prefix(), below(4)));
        ended_ = std::ranges::any_of(
            log.entries, [](auto const& each) { return each.second.size == the_end; });
        read(log.prefix, log.at, 5);
    }

    void list_again()
    {
        while (!ended_)
            try {
                return list();
            } catch (error const& failed) {
                note_gone(failed);
            }
    }

    void note_gone(error const& failed)
    {
        must(failed.is(errc::gone));
        ++gone;
    }

    void must(bool holds) { broken_laws += holds ? 0 : 1; }

    store_under_test& opened_;
    session user_;
    std::mt19937_64 random_;
    bool ended_ = false;
};

/// Moves the window along behind the newest revision, now closely, now less so.
void compact_at_random(store_under_test& opened, std::atomic<bool> const& stop)
{
    std::mt19937_64 random{7};
    while (!stop) {
        auto const newest = opened.store().stats().newest.value();
        opened.compact(revision{newest - std::min(newest, random() % 80)});
        for (auto const next = newest + random() % 60;
             !stop && opened.store().stats().newest.value() < next;)
            std::this_thread::yield();
    }
}

struct scene {
    std::vector<std::unique_ptr<random_client>> writers;
    std::vector<std::unique_ptr<follower>> followers;
    history noted;
};

/// Writers, followers and, if asked for, a compactor, each on a thread of its own.
scene play(store_under_test& opened, int steps, bool compacting)
{
    std::atomic<std::uint64_t> clock = 0;
    std::atomic<bool> stop = false;
    std::atomic<int> following = 3;
    scene made;
    std::vector<std::thread> writing;
    std::vector<std::thread> others;
    for (unsigned i = 1; i <= 2; ++i) {
        auto* const writer =
            made.writers.emplace_back(std::make_unique<random_client>(opened.store(), clock, i))
                .get();
        writing.emplace_back([writer, steps] {
            for (int left = steps; left > 0; --left)
                writer->write();
        });
    }
    for (unsigned i = 1; i <= 3; ++i) {
        auto* const each =
            made.followers.emplace_back(std::make_unique<follower>(opened, i)).get();
        others.emplace_back([each, &following] {
            (*each)();
            --following;
        });
    }
    if (compacting)
        others.emplace_back(compact_at_random, std::ref(opened), std::cref(stop));
    for (auto& thread : writing)
        thread.join();
    while (following > 0)
        made.writers[0]->commit({}, ending());
    stop = true;
    for (auto& thread : others)
        thread.join();
    for (auto const& writer : made.writers)
        join(made.noted, *writer);
    return made;
}

void check_all(scene const& played)
{
    history_checker checker{played.noted};
    REQUIRE(checker().law == broken::nothing);
    for (auto const& each : played.followers) {
        CHECK(each->broken_laws == 0);
        for (auto const& log : each->watches)
            CHECK(agrees(log, checker.model()));
        for (auto const& log : each->lists)
            CHECK(agrees(log, checker.model()));
    }
}

} // namespace

TEST_CASE("ordered, unique, reliable, atomic, resumable: whatever watchers are told while others "
          "write is the history, from any place that was reached and up to the place claimed")
{
    for_every_store([](store_under_test& opened) {
        auto const played = play(opened, static_cast<int>(race_rounds(1200)), false);
        check_all(played);
        for (auto const& each : played.followers)
            CHECK(each->gone == 0);
    });
}

TEST_CASE("compaction at random points: there is no gap without gone, and always gone before the "
          "window")
{
    for_every_store(
        [](store_under_test& opened) {
            auto const played = play(opened, static_cast<int>(race_rounds(2500)), true);
            check_all(played);
            std::size_t gone = 0;
            for (auto const& each : played.followers)
                gone += each->gone;
            CHECK(gone > 0);
        },
        512);
}

TEST_CASE("the state listed in pages, with the changes after it, is the state of every later "
          "revision, while others write")
{
    for_every_store([](store_under_test& opened) {
        std::atomic<bool> stop = false;
        std::atomic<std::uint64_t> clock = 0;
        random_client writer{opened.store(), clock, 1};
        for (int i = 0; i < 20; ++i)
            writer.write();
        std::thread writing{[&] {
            while (!stop)
                writer.write();
        }};
        session user{opened.store()};
        for (int round = 0; round < 20; ++round) {
            auto state = list_in_pages(user, "a/", 2);
            auto const stream = user.watch("a/", state.at, 3);
            for (int batches = 0; batches < 5; ++batches) {
                auto const batch = user.run(stream->next());
                for (auto const& event : batch.events) {
                    state.entries.erase(event.key);
                    if (event.current)
                        state.entries[event.key].size = size_of(event.current);
                }
                auto const then = to_model(user.list("a/", batch.through));
                CHECK(std::ranges::equal(then, state.entries, [](auto const& one, auto const& two) {
                    return one.first == two.first && one.second.size == two.second.size;
                }));
            }
        }
        stop = true;
        writing.join();
    });
}

TEST_CASE("a log that was tampered with does not agree with the model")
{
    store_model model;
    model.apply({{"a/x", 1}});
    model.apply({{"a/x", 2}, {"a/y", 2}});
    model.apply({{"a/x", std::nullopt}});
    auto const log_of = [&model](std::vector<revision> const& places) {
        watch_log log;
        log.prefix = "a/";
        log.batch_max = 3;
        for (auto const place : places)
            log.deliveries.push_back({model.events("a/", log.through(), place), place});
        return log;
    };
    auto const good = log_of({revision{1}, revision{3}});
    REQUIRE(agrees(good, model));
    auto const lies = std::vector<std::function<void(watch_log&)>>{
        [](watch_log& log) { log.deliveries[1].events.erase(log.deliveries[1].events.begin()); },
        [](watch_log& log) { log.deliveries[1].events.pop_back(); },
        [](watch_log& log) { log.deliveries.erase(log.deliveries.begin()); },
        [](watch_log& log) { log.deliveries.push_back(log.deliveries.back()); },
        [](watch_log& log) { std::swap(log.deliveries[0], log.deliveries[1]); },
        [](watch_log& log) { std::swap(log.deliveries[1].events[0], log.deliveries[1].events[2]); },
        [](watch_log& log) { log.deliveries[1].events[0].before.reset(); },
        [](watch_log& log) { log.deliveries[1].events[2].before.reset(); },
        [](watch_log& log) { log.deliveries[0].events[0].before = 0; },
        [](watch_log& log) { log.deliveries[0].through = revision{2}; },
        [](watch_log& log) { log.deliveries[1].through = revision{4}; },
        [](watch_log& log) { log.after = revision{1}; },
        [](watch_log& log) { log.deliveries.push_back({{}, revision{3}}); },
        [](watch_log& log) { log.batch_max = 2; },
        // A revision split over two batches.
        [](watch_log& log) {
            auto& second = log.deliveries[1].events;
            log.deliveries.insert(log.deliveries.begin() + 1, {{second.front()}, revision{2}});
            log.deliveries[2].events.erase(log.deliveries[2].events.begin());
        },
    };
    for (std::size_t i = 0; i < lies.size(); ++i) {
        CAPTURE(i);
        auto log = good;
        lies[i](log);
        CHECK_FALSE(agrees(log, model));
    }
}
