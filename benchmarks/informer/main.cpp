// SPDX-License-Identifier: BSL-1.0
// What informers cost, each figure beside its limit in the same run. The figures of two runs are
// not to be compared: the ratios are.
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
        {"memory", measure_memory},
        {"sync", measure_sync},
        {"updates", measure_updates},
        {"readers", measure_readers},
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
    bench::report found{"informer"};
    found.condition("processors", how.processors());
    bench::idle_spinners const spinners{how.hot};
    bench::measure(how, found);
    return found.finish(how.json);
} catch (std::exception const& why) {
    std::cerr << why.what() << '\n';
    return 1;
}
