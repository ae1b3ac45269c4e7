// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

// A farm grows and shrinks again within a few seconds. What it has in the end depends on whether
// the controller saw the size in the middle: it takes the shards back that are too many, and
// forgets their disks.

namespace {

using namespace converge;
using namespace std::chrono_literals;
using corpus::simulation;

struct farm {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Farm"};
    struct spec {
        int shards = 1;
    };
};
BOOST_DESCRIBE_STRUCT(farm::spec, (), (shards))

struct shard {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Shard"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(shard::spec, (), (number))

struct disk {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Disk"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(disk::spec, (), (number))

template <class Part>
task<> grow(client api, object<farm> of, view<Part> parts)
{
    for (int number = 1; number <= of.spec.shards; ++number) {
        object<Part> missing{of.metadata.name + "-" + std::to_string(number)};
        if (parts.find(missing.key()))
            continue;
        missing.spec.number = number;
        missing.metadata.owner_references.push_back(controller_reference(of));
        co_await api.create(missing);
    }
}

template <class Part>
task<> shrink(client api, object<farm> of, view<Part> parts)
{
    for (auto const& each : parts.owned_by(of)) {
        if (each->spec.number <= of.spec.shards)
            continue;
        auto const how = write_options{}.only_uid(each->metadata.uid);
        co_await api.remove(each->key(), how);
    }
}

task<outcome> forgetting_disks(client api, object<farm> of, view<shard> shards, view<disk> disks)
{
    co_await grow(api, of, disks);
    co_await grow(api, of, shards);
    co_await shrink(api, of, shards);
    co_return settled();
}

task<outcome> shrinking_both(client api, object<farm> of, view<shard> shards, view<disk> disks)
{
    co_await grow(api, of, disks);
    co_await grow(api, of, shards);
    co_await shrink(api, of, shards);
    co_await shrink(api, of, disks);
    co_return settled();
}

task<> grow_and_shrink(client api)
{
    object<farm> green{"green"};
    for (int const size : {1, 3, 1}) {
        green.spec.shards = size;
        co_await api.apply(green);
        co_await sleep_for(10s);
    }
}

using reconciler_of_farms = task<outcome> (*)(client, object<farm>, view<shard>, view<disk>);

void declare(simulation& sim, reconciler_of_farms reconcile)
{
    sim.plane("farms", [reconcile](client api) {
        return run(api, controller<farm>{reconcile}.owns<shard>().owns<disk>());
    });
    sim.user("farmer", grow_and_shrink);
    // What was never seen was never made.
    bool const counts = false;
    sim.same_end_without_faults(counts);
}

corpus::scenario const wrong{"middle_value_matters",
                             [](simulation& sim) { declare(sim, forgetting_disks); }};
corpus::scenario const right{"middle_value_forgotten",
                             [](simulation& sim) { declare(sim, shrinking_both); }};

} // namespace

TEST_CASE("row 14: an end that depends on whether a passing size was seen is found; "
          "an end that depends on the last size alone is not accused")
{
    corpus::holds_in_calm(wrong);
    auto const seeds = corpus::found_within(wrong, 50, {"it ends as without faults"});
    corpus::never_accused(right, 300, seeds);
}
