// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/status_judge.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string_view>
#include <utility>

namespace converge::testing::detail {

inline constexpr std::string_view generation_oracle = "observedGeneration tells the truth";
inline constexpr std::string_view condition_oracle =
    "a condition's time changes with its status only";

[[nodiscard]] inline std::string text_at(boost::json::object const& in, std::string_view name)
{
    auto const* const found = in.if_contains(name);
    auto const* const text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::string{} : std::string{text->data(), text->size()};
}

CONVERGE_DECL void status_judge::wrote(write_seen const& one)
{
    auto const uid = one.object().metadata().uid.str();
    if (!one.after) {
        known_.erase(uid);
        return;
    }
    auto const* const whole = one.document.if_object();
    auto const* const status = whole == nullptr ? nullptr : whole->if_contains("status");
    auto const* const members = status == nullptr ? nullptr : status->if_object();
    auto& known = known_[uid];
    if (members == nullptr) {
        known.conditions.clear();
        return;
    }
    check_generation(one, known, *members);
    check_conditions(one, known, *members);
}

CONVERGE_DECL void status_judge::check_generation(write_seen const& one, object_state& known,
                                                  boost::json::object const& status)
{
    auto const* const said = status.if_contains("observedGeneration");
    if (said == nullptr || !said->is_int64())
        return;
    auto const observed = said->as_int64();
    auto const about = one.name() + ": status.observedGeneration is " + std::to_string(observed);
    auto const generation = one.after.metadata().generation;
    if (observed > generation)
        accuse(generation_oracle,
               about + ", and the generation is only " + std::to_string(generation));
    if (known.observed && observed < *known.observed)
        accuse(generation_oracle, about + "; it was " + std::to_string(*known.observed) +
                                      " before (" + one.doer() + " wrote it)");
    known.observed = observed;
}

CONVERGE_DECL void status_judge::check_conditions(write_seen const& one, object_state& known,
                                                  boost::json::object const& status)
{
    auto const* const said = status.if_contains("conditions");
    auto const* const list = said == nullptr ? nullptr : said->if_array();
    if (list == nullptr) {
        known.conditions.clear();
        return;
    }
    std::map<std::string, condition_state> now;
    for (auto const& each : *list)
        if (auto const* const members = each.if_object())
            now[text_at(*members, "type")] = {text_at(*members, "status"),
                                              text_at(*members, "lastTransitionTime")};
    for (auto const& [type, is] : now) {
        auto const before = known.conditions.find(type);
        if (before != known.conditions.end() && before->second.status == is.status &&
            before->second.since != is.since)
            accuse(condition_oracle, one.name() + ": condition " + type + " is " + is.status +
                                         " as before, and its lastTransitionTime went from " +
                                         before->second.since + " to " + is.since);
    }
    known.conditions = std::move(now);
}

CONVERGE_DECL void status_judge::rested(snapshot const& end)
{
    for (auto const& [key, object] : end.everything()) {
        auto const known = known_.find(object.metadata().uid.str());
        if (known == known_.end() || !known->second.observed || *known->second.observed == 0 ||
            excused_.contains(known->first))
            continue;
        if (*known->second.observed != object.metadata().generation)
            accuse(generation_oracle,
                   to_string(object.ref()) + ": all is at rest, and status.observedGeneration is " +
                       std::to_string(*known->second.observed) + " with generation " +
                       std::to_string(object.metadata().generation));
    }
}

} // namespace converge::testing::detail
