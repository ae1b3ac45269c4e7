// SPDX-License-Identifier: BSL-1.0
#include "beds.hpp"
#include "parts.hpp"

#include <converge/store/query.hpp>

#include <utility>

namespace bench {

namespace {

micro get(std::shared_ptr<store_bed> const& from, std::shared_ptr<map_bed> const& map)
{
    auto const ours = [bed = from](benchmark::State& state) {
        for (auto _ : state)
            benchmark::DoNotOptimize(bed->store.get(bed->next_key()));
    };
    auto const plain = [bed = map](benchmark::State& state) {
        for (auto _ : state) {
            auto found = bed->map.find(bed->next_key())->second;
            benchmark::DoNotOptimize(found);
        }
    };
    return {"memory_store.get." + std::to_string(from->keys.size()) + "_keys", "us", ours,
            "unordered_map find and copy", plain};
}

measured copy_of_all(std::shared_ptr<map_bed> bed)
{
    return [bed = std::move(bed)](benchmark::State& state) {
        for (auto _ : state) {
            std::vector<std::shared_ptr<gadget_object const>> all;
            for (auto const& [key, value] : bed->map)
                all.push_back(value);
            benchmark::DoNotOptimize(all);
        }
    };
}

micro list_of(std::string const& name, std::shared_ptr<store_bed> const& from,
              std::string const& prefix, converge::revision at, shared_beds const& in)
{
    auto const ours = [from, prefix, at](benchmark::State& state) {
        for (auto _ : state) {
            converge::list_query query{prefix};
            query.at = at;
            auto const page = from->store.list(std::move(query));
            if (page.entries.size() != 10'000)
                state.SkipWithError("the list is not of 10,000");
        }
    };
    micro made{name, "ms", ours, "copy of an unordered_map's pointers", copy_of_all(in.small_map)};
    made.at_most = 2;
    return made;
}

/// One of ten namespaces.
micro list_namespace(shared_beds const& in)
{
    auto const prefix = converge::store_prefix(converge::type_of<gadget>(), "space-3");
    return list_of("memory_store.list.10000_of_100000", in.large_store, prefix, {}, in);
}

/// A state since which every key was written once more.
micro list_past(shared_beds const& in)
{
    auto const bed = std::make_shared<store_bed>(10'000);
    auto const past = bed->store.newest();
    bed->fill();
    return list_of("memory_store.list.10000_of_10000_past", bed, "", past, in);
}

} // namespace

std::vector<micro> memory_reads(shared_beds const& in)
{
    return {get(in.small_store, in.small_map), get(in.large_store, in.large_map),
            list_of("memory_store.list.10000_of_10000", in.small_store, "", {}, in),
            list_namespace(in), list_past(in)};
}

} // namespace bench
