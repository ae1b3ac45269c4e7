// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/totals.hpp>

#include <converge/codec/parse_json.hpp>
#include <converge/core/failure.hpp>
#include <converge/testing/detail/strict_object.hpp>
#include <converge/testing/detail/text_file.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace converge::testing {

namespace detail {

[[nodiscard]] inline totals::of_scenario read_known(boost::json::value const& from,
                                                    std::string const& scenario)
{
    strict_object const members{from, "scenarios." + scenario};
    members.allow({"seeds", "failures", "steps", "first_failure"});
    totals::of_scenario known;
    known.seeds = members.number("seeds");
    known.failures = members.number("failures");
    known.steps = members.number("steps");
    if (members.find("first_failure") != nullptr)
        known.first_failure = members.number("first_failure");
    return known;
}

/// Nothing if the file is another commit's.
[[nodiscard]] inline std::map<std::string, totals::of_scenario>
read_totals(boost::json::value const& document, std::string const& commit)
{
    strict_object const members{document, ""};
    members.allow({"commit", "scenarios"});
    std::map<std::string, totals::of_scenario> known;
    auto const* const all = members.find("scenarios");
    if (all == nullptr || !all->is_object())
        members.refuse("scenarios", "must be an object");
    for (auto const& each : all->get_object())
        known.emplace(each.key(), read_known(each.value(), each.key()));
    return members.text("commit") == commit ? known : decltype(known){};
}

[[nodiscard]] inline std::string quoted(std::string_view text)
{
    return boost::json::serialize(boost::json::string{text});
}

[[nodiscard]] inline std::string known_text(totals::of_scenario const& known)
{
    auto text = "{\"seeds\": " + std::to_string(known.seeds) +
                ", \"failures\": " + std::to_string(known.failures) +
                ", \"steps\": " + std::to_string(known.steps);
    if (known.first_failure)
        text += ", \"first_failure\": " + std::to_string(*known.first_failure);
    return text + '}';
}

/// Where to go on: at a failure that ended the exploration before, which counts once, or, if the
/// exploration is to end at the first, at that.
[[nodiscard]] inline totals::of_scenario going_on(totals::of_scenario known, bool collects)
{
    if (!known.first_failure || (collects && *known.first_failure < known.seeds))
        return known;
    known.seeds = *known.first_failure;
    known.failures = 0;
    known.first_failure.reset();
    return known;
}

inline void count(totals::of_scenario& known, exploration const& found, bool collects,
                  std::uint64_t seeds)
{
    known.steps += found.steps;
    known.failures += found.failures.size();
    if (!found.holds() && !known.first_failure)
        known.first_failure = found.failures.front().plan.seed;
    known.seeds = found.holds() || collects ? known.seeds + seeds : *known.first_failure;
}

inline void append(exploration& sum, exploration part)
{
    sum.seeds += part.seeds;
    sum.steps += part.steps;
    sum.writes += part.writes;
    sum.reconciles += part.reconciles;
    for (std::size_t i = 0; i != fault_kinds; ++i)
        sum.faults[i] += part.faults[i];
    sum.fingerprint = mixed(sum.fingerprint ^ part.fingerprint);
    std::ranges::move(part.failures, std::back_inserter(sum.failures));
}

} // namespace detail

CONVERGE_DECL totals::totals(std::filesystem::path file, std::string commit)
    : file_{std::move(file)},
      commit_{std::move(commit)}
{
    if (commit_.empty())
        throw error{errc::invalid, file_.string() +
                                       ": which commit is this? Without its name nobody can tell "
                                       "whether what the file knows is true of it"};
    if (!std::filesystem::exists(file_))
        return;
    auto refused = [this](failure const& why) {
        return error{errc::invalid,
                     file_.string() + ": " + why.what() + "; remove the file to begin anew"};
    };
    auto const document = parse_json(detail::read_text(file_));
    if (!document)
        throw refused(document.error());
    try {
        known_ = detail::read_totals(*document, commit_);
    } catch (error const& no) {
        throw refused(no.reason());
    }
}

CONVERGE_DECL totals::of_scenario totals::of(std::string const& scenario) const
{
    auto const found = known_.find(scenario);
    return found == known_.end() ? of_scenario{} : found->second;
}

CONVERGE_DECL void totals::set(std::string const& scenario, of_scenario known)
{
    known_[scenario] = known;
    auto text = "{\n  \"commit\": " + detail::quoted(commit_) + ",\n  \"scenarios\": {";
    for (auto const& [name, each] : known_)
        text += (text.back() == '{' ? "\n    " : ",\n    ") + detail::quoted(name) + ": " +
                detail::known_text(each);
    detail::write_text(file_, text + "\n  }\n}\n");
}

CONVERGE_DECL exploration explore(scenario const& what, explore_options how, totals& kept,
                                  std::uint64_t chunk)
{
    auto known = detail::going_on(kept.of(what.name), how.collects());
    auto const wanted = how.seeds().value_or(what.seeds);
    exploration sum;
    sum.scenario = what.name;
    while (known.seeds < wanted && (how.collects() || sum.holds())) {
        auto const seeds = std::min(chunk, wanted - known.seeds);
        auto part = explore(what, explore_options{how}.from(known.seeds).seeds(seeds));
        detail::count(known, part, how.collects(), seeds);
        kept.set(what.name, known);
        detail::append(sum, std::move(part));
    }
    return sum;
}

} // namespace converge::testing
