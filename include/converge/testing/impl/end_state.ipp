// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/end_state.hpp>

#include <converge/codec/diff.hpp>

namespace converge::testing::detail {

/// Everything that hangs together with the poisoned object: what it owns fails with it, and so does
/// what owns it, and with that all else that the owner has.
CONVERGE_DECL std::set<std::string> end_state::excused(end_state const& calm) const
{
    std::set<std::string> found;
    std::vector<std::string> next;
    if (!poisoned.empty())
        next.push_back(poisoned);
    while (!next.empty()) {
        auto const key = std::move(next.back());
        next.pop_back();
        if (!found.insert(key).second)
            continue;
        for (auto const* const in : {&kin, &calm.kin})
            if (auto const its = in->find(key); its != in->end())
                next.insert(next.end(), its->second.begin(), its->second.end());
    }
    return found;
}

[[nodiscard]] inline std::string how_many(std::string const& key, std::size_t here,
                                          std::size_t calmly)
{
    if (here == 0)
        return key + " is there without faults, and is missing";
    if (calmly == 0)
        return key + " is there, and is not without faults";
    return key + " is there " + std::to_string(here) + " times, and " + std::to_string(calmly) +
           " times without faults";
}

/// The values of two maps under every key of either but `left_out`; a default value where there is
/// none.
template <class Map, class Visit>
std::string first_of_both(Map const& left, Map const& right, std::set<std::string> const& left_out,
                          Visit const& visit)
{
    std::set<std::string> keys;
    for (auto const* const in : {&left, &right})
        for (auto const& [key, value] : *in)
            if (!left_out.contains(key))
                keys.insert(key);
    typename Map::mapped_type const none{};
    for (auto const& key : keys) {
        auto const one = left.find(key);
        auto const other = right.find(key);
        auto text = visit(key, one == left.end() ? none : one->second,
                          other == right.end() ? none : other->second);
        if (!text.empty())
            return text;
    }
    return {};
}

CONVERGE_DECL std::string end_state::difference_from(end_state const& calm, bool with_counts) const
{
    auto const left_out = excused(calm);
    auto differs = first_of_both(
        objects, calm.objects, left_out,
        [](std::string const& key, auto const& here, auto const& calmly) -> std::string {
            if (here.size() != calmly.size())
                return how_many(key, here.size(), calmly.size());
            for (std::size_t i = 0; i != here.size(); ++i) {
                if (here[i] == calmly[i])
                    continue;
                auto text = key + " ends otherwise than without faults:";
                for (auto const& each : diff(calmly[i], here[i]))
                    text += " " + to_string(each);
                return text;
            }
            return {};
        });
    if (!differs.empty() || !with_counts)
        return differs;
    return first_of_both(
        made_and_gone, calm.made_and_gone, left_out,
        [](std::string const& key, auto const& here, auto const& calmly) -> std::string {
            if (here == calmly)
                return {};
            return key + " was created " + std::to_string(here.first) + " times and went " +
                   std::to_string(here.second) + " times; without faults " +
                   std::to_string(calmly.first) + " and " + std::to_string(calmly.second);
        });
}

} // namespace converge::testing::detail
