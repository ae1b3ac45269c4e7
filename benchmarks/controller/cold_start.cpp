// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "bed.hpp"
#include "drained.hpp"

#include <converge/async/race.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <stdexcept>
#include <unordered_map>
#include <vector>

namespace bench {

namespace {

converge::task<> note(drained& all, double begin, double& took)
{
    co_await all.wait();
    took = processor_seconds() - begin;
}

/// Seconds of this thread until each of `objects` was reconciled once.
[[nodiscard]] double start(converge::memory_store& store, std::size_t objects)
{
    auto const begin = processor_seconds();
    drained all{objects};
    double took = 0;
    converge::controller<config_map> const by{
        [&all](converge::client, converge::object_ptr<config_map>) { return do_nothing(all); }};
    converge::client const api{store};
    if (converge::block_on(converge::until(note(all, begin, took), converge::run(api, by))) != 0)
        throw std::runtime_error{"the control plane failed"};
    return took;
}

/// The limit: a plain map of the same keys to the same shared objects is filled, and each looked up.
[[nodiscard]] double fill_a_map(std::vector<converge::object_ptr<config_map>> const& objects)
{
    auto const begin = processor_seconds();
    std::unordered_map<converge::object_key, converge::object_ptr<config_map>> cache;
    for (auto const& each : objects)
        cache.emplace(each->key(), each);
    std::size_t found = 0;
    for (auto const& each : objects)
        found += cache.find(each->key())->second->metadata.name.size();
    return found == 0 ? 0 : processor_seconds() - begin;
}

} // namespace

void measure_cold_start(settings const& how, report& into)
{
    into.condition("cold start",
                   "from run() until every object of a memory_store was listed, cached, "
                   "queued and reconciled once by a reconciler that does nothing; "
                   "processor time of the one thread");
    auto const count = how.count(100'000, 2'000);
    converge::memory_store store;
    fill(store, count, make_config_map);
    std::vector<converge::object_ptr<config_map>> objects;
    for (std::size_t number = 0; number != count; ++number)
        objects.push_back(
            std::make_shared<converge::object<config_map> const>(make_config_map(number)));
    std::vector<double> ours;
    std::vector<double> plain;
    for (std::size_t slice = 0; slice != how.count(9, 2); ++slice) {
        ours.push_back(1e3 * start(store, count));
        plain.push_back(1e3 * fill_a_map(objects));
    }
    into.add("cold_start.100000_keys", median(ours), "ms")
        .sampled(ours)
        .beside("unordered_map filled and looked up", median(plain))
        .at_most(100);
}

} // namespace bench
