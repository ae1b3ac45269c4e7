// SPDX-License-Identifier: BSL-1.0
// What a write or a read of the memory store costs, beside a plain std::unordered_map that
// allocates the same objects under the same keys. Compare rows of one run only.
#include <converge/store/memory_store.hpp>

#include <converge/store/store_key.hpp>

#include <benchmark/benchmark.h>
#include <boost/describe/class.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

struct gadget {
    static constexpr converge::kind_name kind{"bench.converge.dev/v1", "Gadget"};
    struct spec {
        int size = 0;
    };
};
BOOST_DESCRIBE_STRUCT(gadget::spec, (), (size))

namespace {

using gadget_object = converge::object<gadget>;
using plain_map = std::unordered_map<std::string, std::shared_ptr<gadget_object const>>;

std::shared_ptr<gadget_object> make_gadget(int size)
{
    auto made = std::make_shared<gadget_object>();
    made->spec.size = size;
    return made;
}

std::vector<std::string> make_keys(std::size_t count)
{
    std::vector<std::string> keys;
    keys.reserve(count);
    auto const& type = converge::type_of<gadget>();
    for (std::size_t i = 0; i < count; ++i) {
        // An odd factor visits every number once, in an order that no cache foresees.
        auto const shuffled = (i * 0x9e3779b97f4a7c15u) & 0xffffffffu;
        auto const name = "gadget-" + std::to_string(shuffled);
        keys.push_back(store_key(type, {"space-" + std::to_string(i % 10), name}));
    }
    return keys;
}

converge::transaction put_one(std::string key, int size)
{
    converge::transaction write;
    write.put(std::move(key),
              converge::draft_object{converge::type_of<gadget>(), make_gadget(size)});
    return write;
}

void fill(converge::memory_store& store, std::vector<std::string> const& keys)
{
    for (auto const& key : keys)
        store.commit(put_one(key, 0));
}

std::size_t count_of(benchmark::State const& state)
{
    return static_cast<std::size_t>(state.range(0));
}

void map_update(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    plain_map map;
    for (auto const& key : keys)
        map[key] = make_gadget(0);
    std::size_t i = 0;
    for (auto _ : state) {
        map[keys[i]] = make_gadget(1);
        i = (i + 7919) % keys.size();
    }
}

void store_update(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    converge::memory_store store;
    fill(store, keys);
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(store.commit(put_one(keys[i], 1)));
        i = (i + 7919) % keys.size();
    }
}

/// An update on condition that nobody else wrote since: what a reconciler does.
void store_update_if_unchanged(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    converge::memory_store store;
    fill(store, keys);
    std::vector<converge::revision> seen;
    for (auto const& key : keys)
        seen.push_back(store.get(key)->modified);
    std::size_t i = 0;
    for (auto _ : state) {
        auto write = put_one(keys[i], 1);
        write.when(converge::compare::modified_at(keys[i], seen[i]));
        seen[i] = store.commit(std::move(write)).at;
        i = (i + 7919) % keys.size();
    }
}

/// As `store_update`, among watches that nobody reads.
void store_update_beside_stalled_watches(benchmark::State& state)
{
    auto const keys = make_keys(100'000);
    converge::memory_store store;
    fill(store, keys);
    std::vector<std::unique_ptr<converge::watch_stream>> stalled;
    for (std::size_t i = 0; i < count_of(state); ++i)
        stalled.push_back(store.watch(converge::watch_query{"", store.newest()}));
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(store.commit(put_one(keys[i], 1)));
        i = (i + 7919) % keys.size();
    }
}

void map_create(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    for (auto _ : state) {
        plain_map map;
        for (auto const& key : keys)
            map[key] = make_gadget(0);
        state.PauseTiming();
        map.clear();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void store_create(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    for (auto _ : state) {
        auto store = std::make_unique<converge::memory_store>();
        fill(*store, keys);
        state.PauseTiming();
        store.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void map_get(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    plain_map map;
    for (auto const& key : keys)
        map[key] = make_gadget(0);
    std::size_t i = 0;
    for (auto _ : state) {
        auto found = map.find(keys[i])->second;
        benchmark::DoNotOptimize(found);
        i = (i + 7919) % keys.size();
    }
}

void store_get(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    converge::memory_store store;
    fill(store, keys);
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(store.get(keys[i]));
        i = (i + 7919) % keys.size();
    }
}

void map_copy_of_all(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    plain_map map;
    for (auto const& key : keys)
        map[key] = make_gadget(0);
    for (auto _ : state) {
        std::vector<std::shared_ptr<gadget_object const>> all;
        for (auto const& [key, value] : map)
            all.push_back(value);
        benchmark::DoNotOptimize(all);
    }
}

void store_list(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    converge::memory_store store;
    fill(store, keys);
    for (auto _ : state)
        benchmark::DoNotOptimize(store.list(converge::list_query{""}));
}

/// As `store_list`, of a state since which every key was written once more.
void store_list_past(benchmark::State& state)
{
    auto const keys = make_keys(count_of(state));
    converge::memory_store store;
    fill(store, keys);
    auto const past = store.newest();
    fill(store, keys);
    for (auto _ : state) {
        converge::list_query query{""};
        query.at = past;
        benchmark::DoNotOptimize(store.list(std::move(query)));
    }
}

} // namespace

BENCHMARK(map_update)->Arg(10'000)->Arg(100'000);
BENCHMARK(store_update)->Arg(10'000)->Arg(100'000);
BENCHMARK(store_update_if_unchanged)->Arg(10'000)->Arg(100'000);
BENCHMARK(store_update_beside_stalled_watches)->Arg(0)->Arg(10'000);
BENCHMARK(map_create)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(store_create)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(map_get)->Arg(10'000)->Arg(100'000);
BENCHMARK(store_get)->Arg(10'000)->Arg(100'000);
BENCHMARK(map_copy_of_all)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(store_list)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(store_list_past)->Arg(10'000)->Unit(benchmark::kMicrosecond);
