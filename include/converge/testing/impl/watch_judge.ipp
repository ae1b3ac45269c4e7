// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/watch_judge.hpp>

#include <converge/codec/diff.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace converge::testing::detail {

inline constexpr std::string_view watch_oracle = "watches tell every change once, in order";

CONVERGE_DECL void watch_judge::wrote(write_seen const& one)
{
    made_[one.key].push_back({one.at, one.before, one.after});
}

CONVERGE_DECL void watch_judge::told(std::string const& who, std::string const& prefix,
                                     revision from, watch_batch const& batch)
{
    auto const name = "a watch of " + prefix + " by " + who;
    auto last = from;
    std::map<std::string, events_of_key> by_key;
    for (auto const& each : batch.events) {
        if (each.at < last || each.at <= from)
            accuse(watch_oracle, name + " goes back from " + to_string(last) + " to " +
                                     to_string(each.at) + " (" + each.key + ")");
        last = each.at;
        if (!each.key.starts_with(prefix))
            accuse(watch_oracle, name + " tells of " + each.key + ", which it did not ask for");
        else
            by_key[each.key].push_back(&each);
    }
    if (batch.through < last)
        accuse(watch_oracle, name + " says that it has told all up to " + to_string(batch.through) +
                                 ", and told of " + to_string(last));
    for (auto each = made_.lower_bound(prefix);
         each != made_.end() && each->first.starts_with(prefix); ++each)
        compare_all(name, by_key[each->first], each->first, each->second, from, batch.through);
    for (auto const& [key, events] : by_key)
        if (!made_.contains(key))
            made_up(name, *events.front());
}

CONVERGE_DECL void watch_judge::compare_all(std::string const& name, events_of_key const& told,
                                            std::string const& key, std::vector<change> const& made,
                                            revision from, revision through)
{
    auto one = std::ranges::upper_bound(made, from, {}, &change::at);
    // One that goes back may say that it has told less than before.
    auto const end = std::ranges::upper_bound(made, std::max(from, through), {}, &change::at);
    for (auto const* const each : told) {
        if (one == end)
            return made_up(name, *each);
        compare(name, *each, *one++);
    }
    if (one != end)
        accuse(watch_oracle, name + " leaves out what happened to " + key + " at " +
                                 to_string(one->at) + ", and goes on to " + to_string(through));
}

[[nodiscard]] inline bool same_content(any_object const& left, any_object const& right)
{
    if (!left || !right)
        return !left && !right;
    return left.share() == right.share() ||
           (left.type().collection == right.type().collection && left.to_json() == right.to_json());
}

CONVERGE_DECL void watch_judge::compare(std::string const& name, store_event const& got,
                                        change const& made)
{
    if (got.at != made.at || static_cast<bool>(got.current) != static_cast<bool>(made.after)) {
        accuse(watch_oracle, name + " tells that " + got.key +
                                 (got.current ? " changed" : " went") + " at " + to_string(got.at) +
                                 "; it " + (made.after ? "changed" : "went") + " at " +
                                 to_string(made.at));
        return;
    }
    auto const differs = [&](char const* when, any_object const& told, any_object const& held) {
        auto text = name + " tells of " + got.key + " at " + to_string(got.at) +
                    " what it never held" + when;
        if (told && held)
            for (auto const& each : diff(held.to_json(), told.to_json()))
                text += " " + to_string(each);
        else
            text += told ? " an object, and it held none" : " nothing, and it held an object";
        accuse(watch_oracle, std::move(text));
    };
    if (!same_content(got.current, made.after))
        differs(":", got.current, made.after);
    else if (!same_content(got.previous, made.before))
        differs(" before:", got.previous, made.before);
}

CONVERGE_DECL void watch_judge::made_up(std::string const& name, store_event const& got)
{
    accuse(watch_oracle,
           name + " tells of " + got.key + " at " + to_string(got.at) + " what never happened");
}

} // namespace converge::testing::detail
