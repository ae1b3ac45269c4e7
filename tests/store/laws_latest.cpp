// SPDX-License-Identifier: BSL-1.0
#include <converge/store/watch.hpp>

#include "history_checker.hpp"
#include "watch_log.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <vector>

using namespace converge;
using namespace store_test;

namespace {

/// The changes between two places that matter to a reader of states.
std::vector<model_event> latest(store_model const& model, std::string const& prefix, revision after,
                                revision through)
{
    std::vector<model_event> found;
    for (auto& each : model.events(prefix, after, through)) {
        if (!model.events(each.key, each.at, through).empty())
            continue;
        auto const before = model.get(each.key, after);
        each.before = before ? std::optional{before->size} : std::nullopt;
        if (each.now || each.before)
            found.push_back(each);
    }
    return found;
}

using states = std::map<std::string, int>;

void fold(states& into, std::vector<model_event> const& events)
{
    for (auto const& each : events) {
        into.erase(each.key);
        if (each.now)
            into.emplace(each.key, *each.now);
    }
}

states states_at(store_model const& model, std::string const& prefix, revision at)
{
    states all;
    for (auto const& [key, entry] : model.list(prefix, at))
        all.emplace(key, entry.size);
    return all;
}

watch_query latest_only(std::string prefix, revision after, std::size_t batch_max)
{
    watch_query query{std::move(prefix), after};
    query.batch_max = batch_max;
    query.latest_only = true;
    return query;
}

struct reader {
    watch_log log;
    states known;
    std::unique_ptr<watch_stream> stream;

    reader(any_store const& store, std::string prefix, std::size_t batch_max)
    {
        log.prefix = prefix;
        log.batch_max = batch_max;
        stream = store.watch(latest_only(std::move(prefix), revision{}, batch_max));
    }

    void add(watch_batch const& batch)
    {
        log.add(batch);
        fold(known, log.deliveries.back().events);
    }
};

/// Whether every batch holds exactly what was not overtaken in it, against what the batch before
/// left, and no more than it should.
bool agrees_with_latest(watch_log const& log, store_model const& model)
{
    states known = states_at(model, log.prefix, log.after);
    auto place = log.after;
    for (auto const& [events, through] : log.deliveries) {
        if (events.empty() || through < place ||
            events != latest(model, log.prefix, place, through))
            return false;
        auto const before_last = std::ranges::count_if(
            events, [&](model_event const& each) { return each.at < events.back().at; });
        if (static_cast<std::size_t>(before_last) >= log.batch_max)
            return false;
        fold(known, events);
        if (known != states_at(model, log.prefix, through))
            return false;
        place = through;
    }
    return true;
}

} // namespace

TEST_CASE("latest only: a batch holds, in order, exactly what leads from the state before it to "
          "the state at its place")
{
    for (std::uint64_t seed = 1; seed <= 6; ++seed)
        for_every_store([seed](store_under_test& opened) {
            CAPTURE(seed);
            std::mt19937_64 random{seed};
            session user{opened.store()};
            std::atomic<std::uint64_t> clock = 0;
            random_client writer{opened.store(), clock, static_cast<unsigned>(seed)};
            store_model model;
            std::vector<reader> readers;
            for (auto const* const prefix : {"", "a/", "a/1", "b/"})
                for (std::size_t const batch_max : {1u, 3u, 512u})
                    readers.emplace_back(opened.store(), prefix, batch_max);
            for (int round = 0; round < 60; ++round) {
                for (auto left = random() % 12; left > 0; --left) {
                    writer.write();
                    auto const& last = writer.noted().back();
                    if (last.wrote())
                        model.apply(last.taken());
                }
                auto& each = readers[random() % readers.size()];
                if (auto const batch = user.ready(*each.stream))
                    each.add(*batch);
            }
            for (auto& each : readers) {
                while (auto const batch = user.ready(*each.stream))
                    each.add(*batch);
                CHECK(agrees_with_latest(each.log, model));
                CHECK(each.known == states_at(model, each.log.prefix, model.newest()));
                CHECK(each.stream->through() == model.newest());
            }
        });
}

TEST_CASE("latest only: the same while others write, up to the final state")
{
    for_every_store([](store_under_test& opened) {
        std::atomic<std::uint64_t> clock = 0;
        random_client writer{opened.store(), clock, 1};
        std::atomic<bool> written = false;
        std::thread writing{[&] {
            for (auto left = race_rounds(2'000); left > 0; --left)
                writer.write();
            written = true;
        }};
        session user{opened.store()};
        std::vector<reader> readers;
        for (auto const* const prefix : {"a/", "", "a/2"})
            readers.emplace_back(opened.store(), prefix, prefix[0] ? 2 : 64);
        for (bool last = false; !last;) {
            last = written;
            for (auto& each : readers)
                while (auto const batch = user.ready(*each.stream))
                    each.add(*batch);
        }
        writing.join();
        history_checker checker{writer.noted()};
        REQUIRE(checker().law == broken::nothing);
        auto const& model = checker.model();
        std::size_t told = 0;
        for (auto const& each : readers) {
            CHECK(agrees_with_latest(each.log, model));
            CHECK(each.known == states_at(model, each.log.prefix, model.newest()));
            for (auto const& delivered : each.log.deliveries)
                told += delivered.events.size();
        }
        CHECK(told > 0);
    });
}

TEST_CASE("latest only: a key that is erased, made and erased again is told to be gone, wherever "
          "the batches end")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/x", 1);
        auto const stream = opened.store().watch(latest_only("a/", revision{1}, 1));
        user.put("a/y", 2);
        user.erase("a/x");
        user.put("a/y", 3);
        user.put("a/x", 4);
        auto const first = user.ready(*stream);
        user.erase("a/x");
        states known{{"a/x", 1}};
        REQUIRE(first);
        fold(known, to_model(first->events));
        fold(known, to_model(user.drain(*stream)));
        CHECK(known == states{{"a/y", 3}});
    });
}
