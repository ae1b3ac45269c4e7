// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/watch_judge.hpp>

#include <algorithm>

namespace converge::testing::detail {

inline constexpr std::string_view watch_oracle = "watches tell every change once, in order";

CONVERGE_DECL void watch_judge::wrote(write_seen const& one)
{
    made_[one.key].push_back({one.at, one.after});
}

CONVERGE_DECL void watch_judge::told(std::string const& who, std::string const& prefix,
                                     revision from, watch_batch const& batch)
{
    auto const name = "a watch of " + prefix + " by " + who;
    auto last = from;
    std::map<std::string, std::vector<store_event const*>> by_key;
    for (auto const& each : batch.events) {
        if (each.at < last || each.at <= from)
            accuse(watch_oracle, name + " goes back from " + to_string(last) + " to " +
                                     to_string(each.at) + " (" + each.key + ")");
        last = each.at;
        by_key[each.key].push_back(&each);
    }
    if (batch.through < last)
        accuse(watch_oracle, name + " says that it has told all up to " +
                                 to_string(batch.through) + ", and told of " + to_string(last));
    for (auto each = made_.lower_bound(prefix); each != made_.end() && each->first.starts_with(prefix);
         ++each) {
        auto const& changes = each->second;
        auto const first = std::ranges::upper_bound(changes, from, {}, &change::at);
        auto const end = std::ranges::upper_bound(changes, batch.through, {}, &change::at);
        auto const& events = by_key[each->first];
        std::size_t next = 0;
        for (auto one = first; one != end; ++one, ++next) {
            if (next == events.size()) {
                accuse(watch_oracle, name + " leaves out what happened to " + each->first +
                                         " at " + to_string(one->at) + ", and goes on to " +
                                         to_string(batch.through));
                return;
            }
            compare(name, *events[next], each->first, *one);
        }
        if (next < events.size())
            accuse(watch_oracle, name + " tells of " + each->first + " at " +
                                     to_string(events[next]->at) + " what never happened");
    }
}

CONVERGE_DECL void watch_judge::compare(std::string const& who, store_event const& got,
                                        std::string const& key, change const& made)
{
    bool const alike = got.at == made.at &&
                       static_cast<bool>(got.current) == static_cast<bool>(made.after);
    if (!alike)
        accuse(watch_oracle, who + " tells that " + key + (got.current ? " changed" : " went") +
                                 " at " + to_string(got.at) + "; it " +
                                 (made.after ? "changed" : "went") + " at " + to_string(made.at));
}

} // namespace converge::testing::detail
