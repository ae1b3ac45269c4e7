// SPDX-License-Identifier: BSL-1.0
// What the stores cost, each figure beside its limit in the same run. The figures of two runs are
// not to be compared: the ratios are.
#include "beds.hpp"
#include "parts.hpp"

#include "measure/idle_spinners.hpp"

#include <algorithm>
#include <exception>
#include <iostream>
#include <iterator>

namespace bench {

namespace {

void measure_operations(settings const& how, report& into)
{
    into.condition("operations", "processor time of the one thread that calls the store; the limit "
                                 "allocates the same objects under the same keys");
    shared_beds const beds;
    auto all = memory_writes(beds);
    std::ranges::move(memory_reads(beds), std::back_inserter(all));
    run_micros(all, how, into);
}

void measure(settings const& how, report& into)
{
    struct part {
        char const* name;
        void (*run)(settings const&, report&);
    };
    part const parts[] = {
        {"footprint", measure_footprint},         {"operations", measure_operations},
        {"watch_latency", measure_watch_latency}, {"fan_out", measure_fan_out},
        {"durable", measure_durable_writes},      {"restart", measure_restart},
    };
    for (auto const& each : parts) {
        if (!how.wants(each.name))
            continue;
        std::cerr << "measuring " << each.name << '\n';
        each.run(how, into);
    }
}

} // namespace

} // namespace bench

int main(int argc, char** argv)
try {
    bench::settings const how{argc, argv};
    bench::report found{"store"};
    found.condition("processors", how.processors());
    bench::idle_spinners const spinners{how.hot};
    bench::measure(how, found);
    return found.finish(how.json);
} catch (std::exception const& why) {
    std::cerr << why.what() << '\n';
    return 1;
}
