// SPDX-License-Identifier: BSL-1.0
// How many runs of a scenario the test kit makes in a minute of one processor's time: of the small
// reference scenario and of the whole cluster example, faults, judges and all.

#include "measure/idle_spinners.hpp"
#include "measure/report.hpp"
#include "measure/sample.hpp"
#include "measure/settings.hpp"
#include "scenarios/cluster.hpp"
#include "scenarios/reference.hpp"

#include <converge/testing/explore.hpp>

#include <ctime>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace bench {

namespace {

using converge::testing::explore;
using converge::testing::explore_options;
using converge::testing::scenario;

[[nodiscard]] double processor_seconds()
{
    return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

/// Slices of seeds on one thread, each with the seeds after those of the slice before.
void measure_scenario(std::string const& name, scenario const& what, std::uint64_t seeds,
                      double budget, settings const& how, report& into)
{
    std::vector<double> rates;
    std::uint64_t steps = 0;
    double seconds = 0;
    std::uint64_t first = 0;
    for (std::size_t slice = 0; slice != how.count(9, 2); ++slice, first += seeds) {
        auto const begin = processor_seconds();
        auto const found = explore(
            what, explore_options{}.seeds(seeds).from(first).on_threads(1).comparing_every(0));
        auto const took = processor_seconds() - begin;
        if (!found.holds())
            throw std::runtime_error{found.summary()};
        rates.push_back(60 * static_cast<double>(seeds) / took);
        steps += found.steps;
        seconds += took;
    }
    into.add(name + ".seeds_per_processor_minute", median(rates), "/min")
        .sampled(rates)
        .at_least(budget);
    into.add(name + ".steps_per_processor_second", static_cast<double>(steps) / seconds, "/s");
    into.add(name + ".steps_per_seed", static_cast<double>(steps) / static_cast<double>(first), "");
}

void measure(settings const& how, report& into)
{
    into.condition("runs", "one thread; each run with its faults, all judges and the comparison of "
                           "what is left, none run twice");
    if (how.wants("reference"))
        measure_scenario("reference", simulation_test::reference_scenario(), how.count(2000, 100),
                         100'000, how, into);
    if (how.wants("cluster"))
        measure_scenario("cluster", cluster_simulation::whole_cluster(), how.count(60, 5), 2'000,
                         how, into);
}

} // namespace

} // namespace bench

int main(int argc, char** argv)
try {
    bench::settings const how{argc, argv};
    bench::report found{"simulation"};
    found.condition("processors", how.processors());
    bench::idle_spinners const spinners{how.hot};
    bench::measure(how, found);
    return found.finish(how.json);
} catch (std::exception const& why) {
    std::cerr << why.what() << '\n';
    return 1;
}
