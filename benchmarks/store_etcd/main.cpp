// SPDX-License-Identifier: BSL-1.0
// The durable store beside etcd, in one run and on one disk. It is not the same work: the store is
// part of this process, etcd is another one behind HTTP and JSON, and replicates where it has
// somebody to replicate to. So the ratios say what a program gains that keeps its state itself.
#include "parts.hpp"

#include "measure/idle_spinners.hpp"

#include <exception>
#include <iostream>

namespace bench {

namespace {

void measure(subjects& of, settings const& how, report& into)
{
    struct part {
        char const* name;
        void (*run)(subjects&, settings const&, report&);
    };
    part const parts[] = {
        {"put", measure_puts}, {"put_to_watch", measure_put_to_watch}, {"list", measure_lists}};
    for (auto const& each : parts) {
        if (!how.wants(each.name))
            continue;
        std::cerr << "measuring " << each.name << '\n';
        each.run(of, how, into);
    }
}

} // namespace

} // namespace bench

int main(int argc, char** argv)
try {
    bench::settings const how{argc, argv};
    bench::report found{"store_etcd"};
    found.condition("processors", how.processors());
    bench::idle_spinners const spinners{how.hot};
    bench::subjects both{how.folder};
    found.condition("disk", both.folder().file_system());
    found.condition("etcd", both.etcd().version() +
                                ", one member, fsync on, over loopback through "
                                "its JSON gateway: HTTP/1.1 kept alive, no TLS");
    found.condition("ours", "sqlite_store in this process, every commit durable");
    found.condition("clients", "coroutines on one thread, each waits for its answer; 1 KB values");
    bench::measure(both, how, found);
    return found.finish(how.json);
} catch (std::exception const& why) {
    std::cerr << why.what() << '\n';
    return 1;
}
