// SPDX-License-Identifier: BSL-1.0
#include <converge/store/history_limits.hpp>

#include "watch_log.hpp"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace converge;
using namespace store_test;

namespace {

std::string tenth_key(int i) { return "a/" + std::to_string(i % 10); }

void write(session& user, store_model& model, int count)
{
    for (int i = 0; i < count; ++i) {
        std::vector<model_write> const writes{
            {tenth_key(i), i % 7 == 0 ? std::nullopt : std::optional{i}}};
        model.apply(writes);
        transaction wanted;
        wanted.then = to_operations(writes);
        user.commit(std::move(wanted));
    }
}

/// Reads what a stream still gives. @returns whether it ended with gone.
bool read_on(session& user, watch_stream& stream, watch_log& log)
{
    try {
        while (auto const batch = user.ready(stream))
            log.add(*batch);
    } catch (error const& failed) {
        CHECK(failed.is(errc::gone));
        return true;
    }
    return false;
}

} // namespace

TEST_CASE("a thousand stalled watches hold nothing and cost no wake; each resumes where it was or "
          "is gone")
{
    static constexpr std::size_t history = 200;
    for_every_store(
        [](store_under_test& opened) {
            session user{opened.store()};
            store_model model;
            write(user, model, 300);
            std::vector<std::unique_ptr<watch_stream>> streams;
            std::vector<watch_log> logs(1000);
            for (std::size_t i = 0; i < logs.size(); ++i) {
                logs[i].prefix = i % 3 == 0 ? "a/" : i % 3 == 1 ? "" : "a/4";
                logs[i].after = revision{model.newest().value() - 50 + i};
                logs[i].batch_max = i % 5;
                streams.push_back(user.watch(logs[i].prefix, logs[i].after, logs[i].batch_max));
                // Some were read before they were forgotten.
                if (i < 20)
                    read_on(user, *streams[i], logs[i]);
            }
            std::weak_ptr<void const> const old = user.get("a/1")->value.share();
            write(user, model, 900);

            auto const stats = opened.store().stats();
            CHECK(stats.watches == logs.size());
            CHECK(stats.waiting_watches == 0);
            CHECK(stats.history_events <= history);
            CHECK(old.expired());

            std::size_t resumed = 0;
            for (std::size_t i = 0; i < logs.size(); ++i) {
                bool const outside = streams[i]->through().next() < stats.compacted;
                CHECK(read_on(user, *streams[i], logs[i]) == outside);
                CHECK(agrees(logs[i], model));
                if (!outside)
                    CHECK(streams[i]->through() == std::max(model.newest(), logs[i].after));
                resumed += outside ? 0 : 1;
            }
            CHECK(resumed > 100);
            CHECK(resumed < 900);
        },
        history);
}

TEST_CASE("the history is as large with stalled watches as without")
{
    history_limits limits;
    limits.events = 100;
    for (auto const& kind : store_kinds()) {
        INFO("store: ", std::string{kind.name});
        auto const watched = kind.open(limits);
        auto const alone = kind.open(limits);
        std::vector<std::unique_ptr<watch_stream>> stalled;
        for (int i = 0; i < 1000; ++i)
            stalled.push_back(watched->store().watch(watch_query{tenth_key(i), {}}));
        for (auto* const each : {watched.get(), alone.get()}) {
            session user{each->store()};
            store_model model;
            write(user, model, 500);
        }
        auto const one = watched->store().stats();
        auto const other = alone->store().stats();
        CHECK(one.history_bytes == other.history_bytes);
        CHECK(one.history_events == other.history_events);
        CHECK(one.erased_keys == other.erased_keys);
        CHECK(one.compacted == other.compacted);
    }
}

namespace {

void list_for_ever(any_store store, std::atomic<bool> const& stop)
{
    session user{std::move(store)};
    while (!stop)
        try {
            (void)user.list("");
        } catch (error const& failed) {
            if (!failed.is(errc::gone))
                throw;
        }
}

} // namespace

TEST_CASE("the bytes of the history stay within their limit, twice that under lists, whoever is "
          "slow")
{
    history_limits limits;
    limits.bytes = 40'000;
    for_every_store(
        [&limits](store_under_test& opened) {
            session user{opened.store()};
            for (int i = 0; i < 600; ++i)
                user.put("a/" + std::to_string(i), i);
            std::vector<std::unique_ptr<watch_stream>> slow;
            for (int i = 0; i < 50; ++i)
                slow.push_back(user.watch("a/", user.newest()));
            std::atomic<bool> stop = false;
            std::thread lister{list_for_ever, opened.store(), std::cref(stop)};
            constexpr std::size_t one_change = 1'000;
            std::size_t largest = 0;
            for (int i = 0; i < 2000; ++i) {
                user.put("a/" + std::to_string(i % 600), i);
                largest = std::max(largest, opened.store().stats().history_bytes);
            }
            stop = true;
            lister.join();
            CHECK(largest <= 2 * limits.bytes + one_change);
            CHECK(largest > limits.bytes / 2);
            for (int i = 0; i < 3; ++i)
                user.put("a/0", 0);
            CHECK(opened.store().stats().history_bytes <= limits.bytes);
            CHECK(fails_with(errc::gone, [&] { user.drain(*slow[0]); }));
        },
        limits);
}
