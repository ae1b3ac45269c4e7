// SPDX-License-Identifier: BSL-1.0
// What the work queue costs, beside the least that the standard library can do the same with.
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
    part const parts[] = {{"memory", measure_memory},
                          {"operations", measure_operations},
                          {"threads", measure_threads},
                          {"delays", measure_delays}};
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
    bench::report found{"queue"};
    found.condition("processors", how.processors());
    found.condition("keys", "namespace-%03d/object-%07d: one string, object_key (two strings), or "
                            "an interned id, a number; the queue owns its keys");
    found.condition("limit", "plain queue: two std::unordered_set and a std::deque, and for delays "
                             "a std::priority_queue and a std::unordered_map: no priorities, "
                             "causes or attempts, and keys copied as often as that takes");
    bench::idle_spinners const spinners{how.hot};
    bench::measure(how, found);
    return found.finish(how.json);
} catch (std::exception const& why) {
    std::cerr << why.what() << '\n';
    return 1;
}
