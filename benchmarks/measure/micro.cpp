// SPDX-License-Identifier: BSL-1.0
#include "measure/micro.hpp"

#include "measure/sample.hpp"

#include <map>

namespace bench {

namespace {

/// Keeps the processor time of an iteration, in seconds, of every repetition.
class collector final : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(Context const&) override { return true; }

    void ReportRuns(std::vector<Run> const& runs) override
    {
        for (auto const& each : runs) {
            if (each.run_type != Run::RT_Iteration || each.error_occurred)
                continue;
            bool const manual = each.run_name.time_type == "manual_time";
            auto const all = manual ? each.real_accumulated_time : each.cpu_accumulated_time;
            times[each.run_name.function_name].push_back(all /
                                                         static_cast<double>(each.iterations));
        }
    }

    std::map<std::string, std::vector<double>> times;
};

void register_one(std::string const& name, measured const& what, micro const& of,
                  settings const& how)
{
    auto* const made = benchmark::RegisterBenchmark(name.c_str(), what);
    made->Repetitions(how.quick ? 1 : 7);
    made->MinTime(how.quick ? 0.01 : 0.05);
    if (of.manual)
        made->UseManualTime();
}

double units_per_second(std::string const& unit)
{
    return unit == "ns" ? 1e9 : unit == "us" ? 1e6 : 1e3;
}

std::string plain_of(micro const& of) { return of.name + " beside"; }

} // namespace

void run_micros(std::vector<micro> const& all, settings const& how, report& into)
{
    std::vector<std::string> arguments{"bench", "--benchmark_enable_random_interleaving=true"};
    arguments.insert(arguments.end(), how.others.begin(), how.others.end());
    std::vector<char*> pointers;
    for (auto& each : arguments)
        pointers.push_back(each.data());
    auto count = static_cast<int>(pointers.size());
    benchmark::Initialize(&count, pointers.data());
    for (auto const& each : all) {
        register_one(each.name, each.ours, each, how);
        register_one(plain_of(each), each.plain, each, how);
    }
    collector results;
    benchmark::RunSpecifiedBenchmarks(&results);
    benchmark::ClearRegisteredBenchmarks();

    for (auto const& each : all) {
        auto const scale = units_per_second(each.unit) / each.operations;
        auto ours = results.times[each.name];
        auto const plain = results.times[plain_of(each)];
        if (ours.empty() || plain.empty())
            continue;
        for (auto& one : ours)
            one *= scale;
        auto& row = into.add(each.name, median(ours), each.unit).sampled(ours);
        row.beside(each.limit, median(plain) * scale);
        if (each.at_most)
            row.at_most(*each.at_most);
        if (each.ratio_at_most)
            row.ratio_at_most(*each.ratio_at_most);
    }
}

} // namespace bench
