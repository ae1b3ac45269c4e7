// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/simulation_program.hpp>

#include <converge/core/failure.hpp>
#include <converge/testing/detail/run_once.hpp>
#include <converge/testing/detail/text_file.hpp>
#include <converge/testing/timeline.hpp>
#include <converge/testing/totals.hpp>

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>
#include <utility>

namespace converge::testing::detail {

/// How many failures and faults are told; people read the first.
inline constexpr std::size_t failures_told = 10;
inline constexpr std::size_t faults_told = 20;

[[nodiscard]] inline std::string hex_of(std::uint64_t value)
{
    std::string text(16, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value >>= 4)
        *digit = "0123456789abcdef"[value & 15u];
    return text;
}

[[nodiscard]] inline std::vector<fault_kind> kinds_asked_for(std::vector<std::string> const& names)
{
    if (names.empty())
        return {fault_kind::crash, fault_kind::lost_answer, fault_kind::hidden_event};
    std::vector<fault_kind> kinds;
    for (auto const& name : names) {
        auto const kind = fault_kind_named(name);
        if (!kind)
            throw error{errc::invalid, "--kind: \"" + name +
                                           "\" is no kind of fault; there are:" + names_of_kinds()};
        kinds.push_back(*kind);
    }
    return kinds;
}

[[nodiscard]] inline std::vector<std::string> names_of(std::vector<scenario> const& all)
{
    std::vector<std::string> names;
    for (auto const& each : all)
        names.push_back(each.name);
    return names;
}

CONVERGE_DECL simulation_program::simulation_program(std::string called, std::vector<scenario> all,
                                                     std::ostream& out)
    : called_{std::move(called)},
      all_{std::move(all)},
      out_{out}
{
    auto names = names_of(all_);
    std::ranges::sort(names);
    auto const twice = std::ranges::adjacent_find(names);
    if (names.empty())
        throw error{errc::invalid, "the program has no scenario"};
    if (twice != names.end())
        throw error{errc::invalid, "two scenarios have the name \"" + *twice + '"'};
}

CONVERGE_DECL scenario const& simulation_program::named(std::string const& name) const
{
    auto const found = std::ranges::find(all_, name, &scenario::name);
    if (found != all_.end())
        return *found;
    std::string known;
    for (auto const& each : names_of(all_))
        known += (known.empty() ? " " : ", ") + each;
    throw error{errc::invalid, "no scenario has the name \"" + name + "\"; there are:" + known};
}

CONVERGE_DECL std::vector<scenario const*>
simulation_program::chosen(simulation_wishes const& asked) const
{
    auto const names = asked.scenarios.empty() ? names_of(all_) : asked.scenarios;
    std::vector<scenario const*> found;
    for (auto const& name : names)
        found.push_back(&named(name));
    return found;
}

CONVERGE_DECL named_plan simulation_program::plan_asked_for(simulation_wishes const& asked) const
{
    named_plan found;
    if (!asked.plan.empty()) {
        auto read = parse_plan(read_text(asked.plan));
        if (!read)
            throw error{errc::invalid, asked.plan + ": " + read.error().what()};
        return std::move(*read);
    }
    if (asked.scenarios.size() != 1 || !asked.seed)
        throw error{errc::invalid, "what is to be replayed? Name a plan, or --scenario and --seed"};
    found.scenario = asked.scenarios.front();
    found.plan = asked.calm ? fault_plan::calm(*asked.seed) : fault_plan{*asked.seed};
    return found;
}

CONVERGE_DECL int simulation_program::list()
{
    for (auto const& each : all_)
        out_ << each.name << '\n';
    return 0;
}

CONVERGE_DECL int simulation_program::run(simulation_wishes const& asked)
{
    bool holds = true;
    for (auto const* each : chosen(asked)) {
        holds = (asked.totals.empty() ? run_one(*each, asked) : run_on(*each, asked)) && holds;
        if (!holds && !asked.collects)
            break;
    }
    return holds ? 0 : 1;
}

[[nodiscard]] inline explore_options options_of(simulation_wishes const& asked)
{
    auto how = explore_options{}.from(asked.first).on_threads(asked.jobs);
    if (asked.seeds)
        how = std::move(how).seeds(*asked.seeds);
    if (asked.collects)
        how = std::move(how).collecting();
    return how;
}

CONVERGE_DECL bool simulation_program::run_one(scenario const& what, simulation_wishes const& asked)
{
    auto const found = explore(what, options_of(asked));
    tell(found, asked);
    return found.holds();
}

/// Each scenario reads the file anew: that costs nothing beside the seeds.
CONVERGE_DECL bool simulation_program::run_on(scenario const& what, simulation_wishes const& asked)
{
    totals kept{asked.totals, asked.commit};
    auto const found = explore(what, options_of(asked), kept);
    // None if they were all run before.
    if (found.seeds != 0)
        tell(found, asked);
    auto const known = kept.of(what.name);
    out_ << what.name << ": " << known.seeds << " seeds of commit " << asked.commit << ", "
         << known.failures << " failures, " << known.steps << " steps in all (" << asked.totals
         << ")\n";
    return found.holds() && (!asked.collects || known.failures == 0);
}

CONVERGE_DECL void simulation_program::tell(exploration const& found,
                                            simulation_wishes const& asked,
                                            std::string const& suffix)
{
    if (found.holds()) {
        out_ << found.summary() << '\n' << std::flush;
        return;
    }
    auto const told = std::min(found.failures.size(), asked.collects ? failures_told : 1);
    for (std::size_t i = 0; i != told; ++i) {
        auto const& each = found.failures[i];
        tell_failure(found.scenario, each, asked.commit);
        auto const own = file_stem(found.scenario) + '-' + std::to_string(each.plan.seed) + suffix +
                         ".plan.json";
        bool const as_told = !asked.plan.empty() && !std::exchange(plan_written_, true);
        write_plan(as_told ? asked.plan : own, found.scenario, each.plan);
    }
    if (told != found.failed)
        out_ << found.scenario << ": " << found.failed - told << " failures more\n";
    out_ << std::flush;
}

CONVERGE_DECL void simulation_program::tell_failure(std::string const& name,
                                                    failed_run const& found,
                                                    std::string const& commit)
{
    exploration alone;
    alone.scenario = name;
    alone.failed = 1;
    alone.failures.push_back(found);
    out_ << alone.summary() << (commit.empty() ? "" : " commit=") << commit << '\n';
    if (found.plan.faults)
        tell_faults(*found.plan.faults);
}

CONVERGE_DECL void simulation_program::tell_faults(std::vector<fault> const& faults)
{
    auto const told = std::min(faults.size(), faults_told);
    for (std::size_t i = 0; i != told; ++i)
        out_ << "  " << to_string(faults[i]) << '\n';
    if (told != faults.size())
        out_ << "  and " << faults.size() - told << " more\n";
}

CONVERGE_DECL void simulation_program::write_plan(std::string const& to, std::string const& name,
                                                  fault_plan const& plan)
{
    write_text(to, to_text(name, plan));
    out_ << "  replay it: " << called_ << " replay " << to << '\n';
}

CONVERGE_DECL int simulation_program::replay(simulation_wishes const& asked)
{
    auto const [name, plan] = plan_asked_for(asked);
    auto const& what = named(name);
    timeline told;
    calm_ends ends;
    auto const one = run_traced(what, plan, ends, &told);
    auto const other = run_traced(what, plan, ends);
    auto const& first = one.report;
    auto const& second = other.report;
    auto const parted = difference(one, other);
    bool const same = parted.empty();
    if (!asked.brief)
        out_ << told;
    if (same)
        out_ << "two runs are equal: fingerprint " << hex_of(first.fingerprint) << ", "
             << first.steps << " steps\n";
    else
        out_ << "two runs differ: fingerprints " << hex_of(first.fingerprint) << " and "
             << hex_of(second.fingerprint) << ", " << first.steps << " and " << second.steps
             << " steps; " << parted << '\n';
    if (first.wrong) {
        failed_run found;
        found.wrong = *first.wrong;
        found.plan = plan;
        found.plan.faults = first.faults;
        found.faults_before = first.faults.size();
        tell_failure(name, found, {});
    } else {
        out_ << name << ": seed " << plan.seed << " holds, with " << first.faults.size()
             << " faults\n";
        tell_faults(first.faults);
    }
    return same && !first.wrong ? 0 : 1;
}

CONVERGE_DECL int simulation_program::shrink(simulation_wishes const& asked)
{
    auto const [name, plan] = plan_asked_for(asked);
    auto const& what = named(name);
    auto const report = run_plan(what, plan);
    if (!report.wrong)
        throw error{errc::invalid, asked.plan + ": " + name +
                                       " holds with this plan: there is "
                                       "nothing to shrink"};
    auto listed = plan;
    listed.faults = report.faults;
    auto const found = testing::shrink(what, listed, *report.wrong);
    tell_failure(name, found, {});
    write_plan(asked.plan, name, found.plan);
    return 0;
}

CONVERGE_DECL int simulation_program::sweep(simulation_wishes const& asked)
{
    bool holds = true;
    auto const kinds = kinds_asked_for(asked.kinds);
    for (auto const* each : chosen(asked))
        for (auto const kind : kinds) {
            auto const found = testing::sweep(*each, kind, asked.seed.value_or(0));
            out_ << to_string(kind) << ": ";
            if (found.holds())
                out_ << each->name << ": " << found.seeds << " places, and it holds\n";
            else
                tell(found, asked, '-' + std::string{to_string(kind)});
            holds = holds && found.holds();
        }
    return holds ? 0 : 1;
}

CONVERGE_DECL int simulation_program::fingerprints(simulation_wishes const& asked)
{
    constexpr std::uint64_t usual = 500;
    for (auto const* each : chosen(asked)) {
        // Comparisons and shrinking run more than the seeds and tell nothing of them; a failure
        // must not end the list, or two programs could agree for having stopped early.
        auto const found = explore(*each, explore_options{}
                                              .seeds(asked.seeds.value_or(usual))
                                              .on_threads(asked.jobs)
                                              .comparing_every(0)
                                              .without_shrinking()
                                              .collecting());
        out_ << each->name << ' ' << found.seeds << ' ' << hex_of(found.fingerprint) << '\n'
             << std::flush;
    }
    return 0;
}

} // namespace converge::testing::detail
