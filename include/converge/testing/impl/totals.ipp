// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/totals.hpp>

#include <converge/async/time_service.hpp>
#include <converge/codec/parse_json.hpp>
#include <converge/core/failure.hpp>
#include <converge/testing/detail/explorer.hpp>
#include <converge/testing/detail/quoted.hpp>
#include <converge/testing/detail/strict_object.hpp>
#include <converge/testing/detail/text_file.hpp>

#include <converge/work/detail/saturating.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <memory>
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

[[nodiscard]] inline std::string known_text(totals::of_scenario const& known)
{
    auto text = "{\"seeds\": " + std::to_string(known.seeds) +
                ", \"failures\": " + std::to_string(known.failures) +
                ", \"steps\": " + std::to_string(known.steps);
    if (known.first_failure)
        text += ", \"first_failure\": " + std::to_string(*known.first_failure);
    return text + '}';
}

/// As if everything from the first failure on had not been run.
[[nodiscard]] inline totals::of_scenario back_to_failure(totals::of_scenario known)
{
    known.seeds = *known.first_failure;
    known.failures = 0;
    known.first_failure.reset();
    return known;
}

inline void count(totals::of_scenario& known, exploration const& found, bool collects)
{
    known.steps += found.steps;
    known.failures += found.failed;
    if (!found.holds() && !known.first_failure)
        known.first_failure = found.failures.front().plan.seed;
    known.seeds = found.holds() || collects ? known.seeds + found.seeds : *known.first_failure;
}

/// Explores a scenario part by part.
class kept_exploration {
public:
    kept_exploration(scenario const& what, explore_options const& how, totals& kept,
                     saving_pace const& pace)
        : what_{what},
          how_{how},
          kept_{kept},
          pace_{pace},
          known_{kept.of(what.name)}
    {
        sum_.scenario = what.name;
    }

    [[nodiscard]] CONVERGE_DECL exploration run();

private:
    [[nodiscard]] bool enough() const { return how_.enough() && how_.enough()(); }
    CONVERGE_DECL void go_back();
    [[nodiscard]] CONVERGE_DECL exploration run_part(std::uint64_t first, std::uint64_t seeds);
    CONVERGE_DECL void add(exploration part);

    scenario const& what_;
    explore_options const& how_;
    totals& kept_;
    saving_pace const& pace_;
    totals::of_scenario known_;
    exploration sum_;
};

CONVERGE_DECL exploration kept_exploration::run_part(std::uint64_t first, std::uint64_t seeds)
{
    auto const due = converge::detail::later(pace_.now(), pace_.span());
    return explore(what_, explore_options{how_}.from(first).seeds(seeds).without_shrinking().until(
                              [this, due] { return pace_.now() >= due || enough(); }));
}

/// To the first failure that is known, unless failures are collected and it still is one.
CONVERGE_DECL void kept_exploration::go_back()
{
    if (!known_.first_failure)
        return;
    if (!how_.collects() || *known_.first_failure >= known_.seeds) {
        known_ = back_to_failure(known_);
        return;
    }
    auto again = run_part(*known_.first_failure, 1);
    known_.steps += again.steps;
    if (again.holds())
        known_ = back_to_failure(known_);
    else
        add(std::move(again));
}

CONVERGE_DECL void kept_exploration::add(exploration part)
{
    if (how_.shrinks())
        for (auto& each : part.failures)
            if (sum_.failures.size() < how_.reports())
                each = shrink(what_, each.plan, each.wrong);
    append(sum_, std::move(part), how_.reports());
}

CONVERGE_DECL exploration kept_exploration::run()
{
    go_back();
    auto const wanted = how_.seeds().value_or(what_.seeds);
    while (known_.seeds < wanted && (how_.collects() || sum_.holds())) {
        auto part = run_part(known_.seeds, std::min(pace_.seeds(), wanted - known_.seeds));
        count(known_, part, how_.collects());
        // Before shrinking, which takes long and must not cost what was run.
        kept_.set(what_.name, known_);
        add(std::move(part));
        if (enough())
            break;
    }
    return std::move(sum_);
}

[[nodiscard]] inline saving_pace::clock real_clock()
{
    auto const context = std::make_shared<boost::asio::execution_context>();
    return [context] { return boost::asio::use_service<time_service>(*context).now(); };
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

CONVERGE_DECL saving_pace::saving_pace(std::uint64_t seeds, duration span, clock tells)
    : seeds_{seeds},
      span_{span},
      tells_{tells ? std::move(tells) : detail::real_clock()}
{
    if (seeds == 0)
        throw error{errc::invalid, "saving_pace: seeds: 0 is too few; expected 1 or more, after "
                                   "which totals are written"};
}

CONVERGE_DECL exploration explore(scenario const& what, explore_options how, totals& kept,
                                  saving_pace pace)
{
    return detail::kept_exploration{what, how, kept, pace}.run();
}

} // namespace converge::testing
