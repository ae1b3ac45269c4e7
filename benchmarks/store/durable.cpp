// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "measure/disk_probe.hpp"
#include "measure/durable_store.hpp"
#include "measure/plain_sqlite.hpp"
#include "measure/scratch_folder.hpp"

#include <map>
#include <memory>

namespace bench {

namespace {

using namespace std::chrono_literals;
using converge::durability;

constexpr std::size_t client_counts[] = {1, 16, 64};
constexpr std::size_t most_clients = 64;

/// What the slices of one number of clients found.
struct slices {
    std::vector<double> rates;
    std::vector<double> probes;
    std::vector<double> ratios;
    std::vector<double> latencies;

    void add(double rate, double probe)
    {
        rates.push_back(rate);
        probes.push_back(probe);
        ratios.push_back(rate / probe);
    }
    void add(answers const& got, double probe)
    {
        add(got.per_second(), probe);
        latencies.insert(latencies.end(), got.latencies.begin(), got.latencies.end());
    }
};

std::string clients_name(std::size_t count)
{
    return std::to_string(count) + (count == 1 ? "_client" : "_clients");
}

void add_rows(std::string const& name, slices const& found, double budget, report& into)
{
    auto& rate = into.add(name + ".acks", median(found.rates), "/s").sampled(found.rates);
    rate.beside("fdatasync of a page, overwriting", median(found.probes))
        .with_ratio(median(found.ratios));
    if (budget > 0)
        rate.ratio_at_least(budget);
    into.add(name + ".p50", median(found.latencies), "us");
    into.add(name + ".p99", percentile(found.latencies, 0.99), "us");
}

/// What the disk does at best, on each processor.
using rates = std::vector<double>;

rates between(rates const& before, rates const& behind)
{
    rates mean;
    for (std::size_t i = 0; i < before.size(); ++i)
        mean.push_back((before[i] + behind[i]) / 2);
    return mean;
}

/// Alternates the disk probe and each number of clients; a slice is compared with the probe's
/// slices before and behind it, on the processors that it wrote on.
class durable_writes {
public:
    durable_writes(scratch_folder const& in, settings const& how)
        : how_{how},
          overwrite_{in.file("overwritten"), disk_probe::place::overwrite},
          append_{in.file("appended"), disk_probe::place::append},
          plain_{in.file("plain.sqlite")},
          safe_{in.file("safe.sqlite"), most_clients, durability::survives_power_loss},
          quick_{in.file("quick.sqlite"), most_clients, durability::survives_process_crash_only}
    {}

    void run()
    {
        if (!how_.quick) {
            plain_.warm_up();
            safe_.warm_up();
            quick_.warm_up();
        }
        auto const rounds = how_.count(15, 2);
        for (std::size_t round = 0; round < rounds; ++round)
            run_round();
    }

    void report_to(report& into) const
    {
        into.add("disk.overwrite_and_fdatasync", median(overwrites_), "/s").sampled(overwrites_);
        into.add("disk.overwrite_and_fdatasync.p50", median(overwrite_.latencies()), "us");
        into.add("disk.overwrite_and_fdatasync.p99", percentile(overwrite_.latencies(), 0.99),
                 "us");
        into.add("disk.append_and_fdatasync", median(appends_), "/s")
            .sampled(appends_)
            .beside("overwriting", median(overwrites_));
        into.add("plain_sqlite.insert", median(plain_slices_.rates), "/s")
            .sampled(plain_slices_.rates)
            .beside("fdatasync of a page, overwriting", median(plain_slices_.probes))
            .with_ratio(median(plain_slices_.ratios));
        for (auto const& [count, found] : safe_slices_) {
            auto const budget = count == 1 ? 0.85 : count == 16 ? 3.5 : 0;
            add_rows("sqlite_store.put." + clients_name(count), found, budget, into);
        }
        for (auto const& [count, found] : quick_slices_) {
            auto const name = "sqlite_store.put_unsynced." + clients_name(count);
            into.add(name + ".acks", median(found.rates), "/s").sampled(found.rates);
            into.add(name + ".p50", median(found.latencies), "us");
            into.add(name + ".p99", percentile(found.latencies, 0.99), "us");
        }
    }

private:
    void run_round()
    {
        auto const span = how_.quick ? 30ms : 200ms;
        auto before = probe(span);
        for (auto const count : client_counts) {
            safe_.written_on().clear();
            auto const got = safe_.put(count, span);
            auto const behind = probe(span);
            safe_slices_[count].add(got, safe_.written_on().expected(between(before, behind)));
            before = behind;
        }
        plain_.written_on().clear();
        auto const plain = plain_.run(span);
        auto const best = between(before, probe(span));
        plain_slices_.add(plain, plain_.written_on().expected(best));
        for (auto const count : client_counts) {
            quick_.written_on().clear();
            auto const got = quick_.put(count, span / 4);
            quick_slices_[count].add(got, quick_.written_on().expected(best));
        }
        appends_.push_back(append_.run(span));
    }

    rates probe(steady::duration span)
    {
        auto found = overwrite_.run_everywhere(span);
        overwrites_.insert(overwrites_.end(), found.begin(), found.end());
        return found;
    }

    settings const& how_;
    disk_probe overwrite_;
    disk_probe append_;
    plain_sqlite plain_;
    durable_store safe_;
    durable_store quick_;
    std::vector<double> overwrites_;
    std::vector<double> appends_;
    slices plain_slices_;
    std::map<std::size_t, slices> safe_slices_;
    std::map<std::size_t, slices> quick_slices_;
};

} // namespace

void measure_durable_writes(settings const& how, report& into)
{
    scratch_folder const scratch{how.folder};
    into.condition("disk", scratch.file_system());
    into.condition("durable writes",
                   "1 KB objects, one put a commit; clients are coroutines on one "
                   "thread and wait for each acknowledgement; "
                   "the log has gone round once; ratio: median of "
                   "the slices', each to the probe's slices beside it, on the processors that the "
                   "slice wrote on");
    durable_writes all{scratch, how};
    all.run();
    all.report_to(into);
}

} // namespace bench
