// SPDX-License-Identifier: BSL-1.0

// A pool makes as many workers as a cache lacks. The cache lags, so it makes too many; and then it
// removes any of them, though each has data.

#include "corpus.hpp"

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

struct pool {
    static constexpr kind_name kind{"corpus.test/v1", "Pool"};
    struct spec {
        int workers = 1;
    };
};
BOOST_DESCRIBE_STRUCT(pool::spec, (), (workers))

struct worker {
    static constexpr kind_name kind{"corpus.test/v1", "Worker"};
    struct spec {
        std::string pool;
    };
};
BOOST_DESCRIBE_STRUCT(worker::spec, (), (pool))

/// Named after its place in the pool, or by chance if there is none.
task<> make_worker(client api, object<pool> of, int place)
{
    object<worker> missing;
    if (place == 0)
        missing.metadata.generate_name = of.metadata.name + "-";
    else
        missing.metadata.name = of.metadata.name + "-" + std::to_string(place);
    missing.spec.pool = of.metadata.name;
    missing.metadata.owner_references.push_back(controller_reference(of));
    co_await api.create(missing);
}

template <twin T>
task<outcome> fill(client api, object<pool> of, view<worker> workers)
{
    auto const there = workers.owned_by(of);
    auto const asked = static_cast<std::size_t>(of.spec.workers);
    for (auto count = there.size(); T == twin::wrong && count < asked; ++count)
        co_await make_worker(api, of, 0);
    for (int place = 1; T == twin::right && place <= of.spec.workers; ++place)
        if (!workers.find(key<worker>{of.metadata.name + "-" + std::to_string(place)}))
            co_await make_worker(api, of, place);
    for (auto count = there.size(); count > asked; --count) {
        auto const& surplus = there[count - 1];
        co_await api.remove(surplus->key(), write_options{}.only_uid(surplus->metadata.uid));
    }
    co_return settled();
}

task<> want_workers(client api)
{
    object<pool> wanted{"batch"};
    wanted.spec.workers = 2;
    co_await api.create(wanted);
    co_await sleep_for(20s);
    wanted.spec.workers = 4;
    co_await api.update(wanted);
}

template <twin T>
void declare(simulation& sim)
{
    without<T>(sim, {fault_kind::late_request, fault_kind::lost_answer});
    sim.plane("controllers", [](client api) {
        controller<pool> const pools{fill<T>};
        return run(std::move(api), pools.template owns<worker>());
    });
    sim.user("user", want_workers);
    sim.at_most<pool, worker>(
        [](object<pool> const& of) { return static_cast<std::size_t>(of.spec.workers); });
}

scenario const wrong{"row_09_wrong", declare<twin::wrong>};
scenario const right{"row_09_right", declare<twin::right>};

} // namespace

TEST_CASE("row 9: workers that are made because a cache does not show them are found; "
          "workers that are named after their place are not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 2000, {"no more children than were ever asked for"});
    never_accused(right, 100, seeds);
}
