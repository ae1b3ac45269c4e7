// SPDX-License-Identifier: BSL-1.0
// What a controller costs: the work of the peers' benchmarks, line by line, with their keys and
// objects. The figures of two runs are not to be compared: the ratios are.
#include "parts.hpp"

#include "measure/idle_spinners.hpp"

#include <exception>
#include <iostream>

namespace bench {

namespace {

void measure(settings const& how, report& into)
{
    struct part {
        char const* name;
        void (*run)(settings const&, report&);
    };
    part const parts[] = {
        // First: its process is forked, and has what this one has.
        {"idle", measure_idle},
        {"reconciles", measure_reconciles},
        {"cold_start", measure_cold_start},
        {"latency", measure_latency},
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
    bench::report found{"controller"};
    found.condition("processors", how.processors());
    bench::idle_spinners const spinners{how.hot};
    bench::measure(how, found);
    return found.finish(how.json);
} catch (std::exception const& why) {
    std::cerr << why.what() << '\n';
    return 1;
}
