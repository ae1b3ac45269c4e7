// SPDX-License-Identifier: BSL-1.0
#include "beds.hpp"
#include "parts.hpp"

#include "measure/sample.hpp"

#include <converge/async/task.hpp>
#include <converge/store/watch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace bench {

namespace {

using converge::compare;
using converge::revision;

constexpr std::size_t transaction_keys = 8;

measured update_of(std::shared_ptr<store_bed> bed)
{
    return [bed = std::move(bed)](benchmark::State& state) {
        for (auto _ : state)
            benchmark::DoNotOptimize(bed->store.commit(put_one(bed->next_key(), 1)));
    };
}

measured plain_update_of(std::shared_ptr<map_bed> bed)
{
    return [bed = std::move(bed)](benchmark::State& state) {
        for (auto _ : state)
            bed->map[bed->next_key()] = make_gadget(1);
    };
}

micro update(std::shared_ptr<store_bed> const& bed, std::shared_ptr<map_bed> const& map)
{
    auto const name = "memory_store.update." + std::to_string(bed->keys.size()) + "_keys";
    micro made{name, "us", update_of(bed), "unordered_map put", plain_update_of(map)};
    if (bed->keys.size() == 100'000)
        made.at_most = 1;
    return made;
}

/// An update on condition that nobody else wrote since: what a reconciler does.
micro update_if_unchanged(std::shared_ptr<map_bed> const& map)
{
    auto const bed = std::make_shared<store_bed>(100'000);
    auto const seen = std::make_shared<std::vector<revision>>();
    for (auto const& each : bed->keys)
        seen->push_back(bed->store.get(each)->modified);
    auto const ours = [bed, seen](benchmark::State& state) {
        for (auto _ : state) {
            auto const i = bed->walk.next();
            auto write = put_one(bed->keys[i], 1);
            write.when(compare::modified_at(bed->keys[i], (*seen)[i]));
            (*seen)[i] = bed->store.commit(std::move(write)).at;
        }
    };
    return {"memory_store.update_if_unchanged.100000_keys", "us", ours, "unordered_map put",
            plain_update_of(map)};
}

/// Several keys in one revision.
micro write_together(shared_beds const& in)
{
    auto const ours = [bed = in.large_store](benchmark::State& state) {
        for (auto _ : state) {
            converge::transaction write;
            for (std::size_t i = 0; i < transaction_keys; ++i)
                write.put(bed->next_key(), draft(make_gadget(1)));
            benchmark::DoNotOptimize(bed->store.commit(std::move(write)));
        }
    };
    auto const plain = [bed = in.large_map](benchmark::State& state) {
        for (auto _ : state)
            for (std::size_t i = 0; i < transaction_keys; ++i)
                bed->map[bed->next_key()] = make_gadget(1);
    };
    return {"memory_store.transaction.8_keys", "us", ours, "8 unordered_map puts", plain};
}

/// Every key of an empty store.
micro create_growing()
{
    constexpr std::size_t size = 100'000;
    auto const keys = std::make_shared<std::vector<std::string>>(make_keys(size));
    auto const ours = [keys](benchmark::State& state) {
        for (auto _ : state) {
            auto const begin = processor_seconds();
            converge::memory_store store;
            for (auto const& each : *keys)
                store.commit(put_one(each, 0));
            state.SetIterationTime(processor_seconds() - begin);
        }
    };
    auto const plain = [keys](benchmark::State& state) {
        for (auto _ : state) {
            auto const begin = processor_seconds();
            plain_map map;
            for (auto const& each : *keys)
                map[each] = make_gadget(0);
            state.SetIterationTime(processor_seconds() - begin);
        }
    };
    micro made{"memory_store.create.growing_to_100000_keys",
               "us",
               ours,
               "unordered_map put",
               plain,
               size,
               true};
    made.at_most = 2;
    return made;
}

/// More keys beside those that are there; then they are erased, which is not measured.
micro create_beside()
{
    constexpr std::size_t size = 100'000;
    constexpr std::size_t more = 1'000;
    auto const added = std::make_shared<std::vector<std::string>>(make_keys(more, size));
    auto const ours = [added, bed = std::make_shared<store_bed>(size)](benchmark::State& state) {
        for (auto _ : state) {
            auto const begin = processor_seconds();
            for (auto const& each : *added)
                bed->store.commit(put_one(each, 0));
            state.SetIterationTime(processor_seconds() - begin);
            for (auto const& each : *added)
                bed->store.commit(std::move(converge::transaction{}.erase(each)));
            bed->store.compact(bed->store.newest());
        }
    };
    auto const plain = [added, bed = std::make_shared<map_bed>(size)](benchmark::State& state) {
        for (auto _ : state) {
            auto const begin = processor_seconds();
            for (auto const& each : *added)
                bed->map[each] = make_gadget(0);
            state.SetIterationTime(processor_seconds() - begin);
            for (auto const& each : *added)
                bed->map.erase(each);
        }
    };
    micro made{"memory_store.create.beside_100000_keys",
               "us",
               ours,
               "unordered_map put",
               plain,
               more,
               true};
    made.at_most = 2;
    return made;
}

/// Watches, and the context that those which wait wait on; it ends before them.
struct watches {
    converge::watch_stream& open(converge::memory_store& of, std::string prefix)
    {
        auto query = converge::watch_query{std::move(prefix), of.newest()};
        return *streams.emplace_back(of.watch(std::move(query)));
    }

    std::vector<std::unique_ptr<converge::watch_stream>> streams;
    boost::asio::io_context context;
};

converge::task<> wait_once(converge::watch_stream& stream) { (void)co_await stream.next(); }

/// An update beside 10,000 watches of everything that nobody reads. They come and go around each
/// slice: two stores would lie differently in memory, and differ by more than what is sought.
micro update_beside_stalled(std::shared_ptr<store_bed> const& bed)
{
    auto const ours = [bed](benchmark::State& state) {
        watches stalled;
        for (std::size_t i = 0; i < 10'000; ++i)
            stalled.open(bed->store, "");
        update_of(bed)(state);
    };
    micro made{"memory_store.update.beside_10000_stalled_watches", "us", ours,
               "the same without watches", update_of(bed)};
    made.ratio_at_most = 1.1;
    return made;
}

/// An update beside 10,000 watches that wait, each for another key.
micro update_beside_waiting(std::shared_ptr<store_bed> const& bed)
{
    auto const ours = [bed, others = make_keys(10'000, 100'000)](benchmark::State& state) {
        watches waiting;
        for (auto const& key : others)
            boost::asio::co_spawn(waiting.context, wait_once(waiting.open(bed->store, key)),
                                  boost::asio::detached);
        waiting.context.poll();
        update_of(bed)(state);
    };
    return {"memory_store.update.beside_10000_watches_of_other_keys", "us", ours,
            "the same without watches", update_of(bed)};
}

} // namespace

std::vector<micro> memory_writes(shared_beds const& in)
{
    return {update(in.small_store, in.small_map),
            update(in.large_store, in.large_map),
            update_if_unchanged(in.large_map),
            write_together(in),
            create_growing(),
            create_beside(),
            update_beside_stalled(in.large_store),
            update_beside_waiting(in.large_store)};
}

} // namespace bench
