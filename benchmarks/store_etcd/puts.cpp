// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "measure/disk_probe.hpp"

#include <chrono>

namespace bench {

namespace {

using namespace std::chrono_literals;

struct slices {
    std::vector<double> rates;
    std::vector<double> latencies;

    void add(answers const& got)
    {
        rates.push_back(got.per_second());
        latencies.insert(latencies.end(), got.latencies.begin(), got.latencies.end());
    }
};

} // namespace

void measure_puts(subjects& of, settings const& how, report& into)
{
    auto const span = how.quick ? 50ms : 500ms;
    disk_probe probe{of.folder().file("overwritten"), disk_probe::place::overwrite};
    std::vector<double> probes;
    if (!how.quick)
        of.warm_up_ours();
    for (auto const clients : {1, 16, 64}) {
        auto const count = static_cast<std::size_t>(clients);
        slices ours;
        slices etcd;
        std::vector<double> ratios;
        for (std::size_t round = 0; round < how.count(9, 2); ++round) {
            probes.push_back(probe.run(span / 2));
            ours.add(of.put_ours(count, span));
            etcd.add(of.put_etcd(count, span));
            ratios.push_back(ours.rates.back() / etcd.rates.back());
        }
        auto const name =
            "put." + std::to_string(clients) + (clients == 1 ? "_client" : "_clients");
        into.add(name + ".acks", median(ours.rates), "/s")
            .sampled(ours.rates)
            .beside("etcd", median(etcd.rates))
            .with_ratio(median(ratios));
        into.add(name + ".p50", median(ours.latencies), "us")
            .beside("etcd", median(etcd.latencies));
        into.add(name + ".p99", percentile(ours.latencies, 0.99), "us")
            .beside("etcd", percentile(etcd.latencies, 0.99));
        into.add(name + ".etcd_acks", median(etcd.rates), "/s")
            .sampled(etcd.rates)
            .beside("fdatasync of a page, overwriting", median(probes));
    }
    into.add("disk.overwrite_and_fdatasync", median(probes), "/s").sampled(probes);
}

} // namespace bench
