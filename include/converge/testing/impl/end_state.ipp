// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/end_state.hpp>

#include <converge/codec/diff.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace converge::testing::detail {

CONVERGE_DECL std::string normal_key(std::string const& key, any_object const& of)
{
    auto const& prefix = of.metadata().generate_name;
    return prefix.empty() ? key : key.substr(0, key.rfind('/') + 1) + prefix + "*";
}

/// Takes out of a document what differs from run to run.
inline void forget_run(boost::json::value& in)
{
    if (auto* const list = in.if_array()) {
        for (auto& each : *list)
            forget_run(each);
        return;
    }
    auto* const members = in.if_object();
    if (members == nullptr)
        return;
    static constexpr std::string_view passing[] = {"uid", "observedGeneration", "generation",
                                                   "resourceVersion", "managedFields"};
    std::vector<std::string> gone;
    for (auto const& each : *members) {
        std::string_view const name{each.key().data(), each.key().size()};
        bool const time = name.ends_with("Time") || name.ends_with("Timestamp") ||
                          name.starts_with("converge.dev/rival");
        if (time || std::ranges::find(passing, name) != std::end(passing))
            gone.emplace_back(name);
    }
    for (auto const& name : gone)
        members->erase(name);
    for (auto& each : *members)
        forget_run(each.value());
    if (auto const notes = members->find("annotations");
        notes != members->end() && notes->value().is_object() && notes->value().get_object().empty())
        members->erase(notes);
}

CONVERGE_DECL end_state normalised(snapshot const& end, end_state::counts const& made,
                                   std::set<resource_type const*> const& ignored)
{
    end_state state;
    state.made_and_gone = made;
    for (auto const& [key, object] : end.everything()) {
        if (ignored.contains(&object.type()))
            continue;
        auto document = object.to_json();
        forget_run(document);
        auto name = normal_key(key, object);
        if (auto* const metadata = document.as_object().if_contains("metadata");
            metadata != nullptr && name.ends_with('*'))
            metadata->as_object().erase("name");
        // Several that were made from one prefix are told apart by nothing.
        while (!state.objects.emplace(name, document).second)
            name += '*';
    }
    return state;
}

CONVERGE_DECL std::string end_state::difference_from(end_state const& calm, bool with_counts) const
{
    for (auto const& [key, object] : calm.objects)
        if (!objects.contains(key))
            return key + " is there without faults, and is missing";
    for (auto const& [key, object] : objects) {
        auto const expected = calm.objects.find(key);
        if (expected == calm.objects.end())
            return key + " is there, and is not without faults";
        if (expected->second == object)
            continue;
        std::string text = key + " ends otherwise than without faults:";
        for (auto const& each : diff(expected->second, object))
            text += " " + to_string(each);
        return text;
    }
    if (!with_counts)
        return {};
    for (auto const& [key, times] : made_and_gone) {
        auto const expected = calm.made_and_gone.find(key);
        auto const calmly =
            expected == calm.made_and_gone.end() ? std::pair<std::size_t, std::size_t>{} : expected->second;
        if (times != calmly)
            return key + " was created " + std::to_string(times.first) + " times and went " +
                   std::to_string(times.second) + " times; without faults " +
                   std::to_string(calmly.first) + " and " + std::to_string(calmly.second);
    }
    return {};
}

} // namespace converge::testing::detail
