// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/object_log.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace converge::testing::detail {

CONVERGE_DECL void object_log::wrote(write_seen const& one)
{
    auto const& metadata = one.object().metadata();
    // What was written past the api has no uid.
    auto& of = lives_[metadata.uid.empty() ? "of " + one.key : metadata.uid.str()];
    of.key = one.key;
    of.type = &one.object().type();
    of.made += one.before ? 0 : 1;
    of.gone += one.after ? 0 : 1;
    for (auto const& owner : metadata.owner_references)
        of.owners.insert(owner.uid.str());
    // The prefix may itself begin with a name that the api made.
    if (!one.before && !metadata.generate_name.empty())
        made_names_[metadata.name] = normal(metadata.generate_name) + "*";
}

CONVERGE_DECL std::set<std::string> object_log::owners_above(std::string const& key) const
{
    std::set<std::string> found;
    std::vector<std::string> next;
    for (auto const& [uid, of] : lives_)
        if (of.key == key)
            next.push_back(uid);
    while (!next.empty()) {
        auto const uid = std::move(next.back());
        next.pop_back();
        if (!found.insert(uid).second)
            continue;
        if (auto const of = lives_.find(uid); of != lives_.end())
            next.insert(next.end(), of->second.owners.begin(), of->second.owners.end());
    }
    return found;
}

[[nodiscard]] inline bool in_a_name(char each)
{
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
           (each >= '0' && each <= '9');
}

CONVERGE_DECL bool object_log::forget_names(std::string& text) const
{
    if (lives_.contains(text)) {
        text = "*";
        return false;
    }
    if (made_names_.empty())
        return false;
    bool found = false;
    std::string kept;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin;
        std::string const* told = nullptr;
        // The longest name that begins here, if a word does.
        if (begin == 0 || !in_a_name(text[begin - 1]))
            for (auto i = begin + 1; i <= text.size(); ++i) {
                if (i != text.size() && in_a_name(text[i]))
                    continue;
                auto const known =
                    made_names_.find(std::string_view{text}.substr(begin, i - begin));
                if (known != made_names_.end()) {
                    told = &known->second;
                    end = i;
                }
                if (i != text.size() && text[i] != '-' && text[i] != '.')
                    break;
            }
        found = found || told != nullptr;
        kept += told != nullptr ? *told : text.substr(begin, 1);
        begin = told != nullptr ? end : begin + 1;
    }
    text = std::move(kept);
    return found;
}

CONVERGE_DECL std::string object_log::normal(std::string text) const
{
    (void)forget_names(text);
    return text;
}

CONVERGE_DECL bool object_log::forget_run(boost::json::value& in) const
{
    if (auto* const list = in.if_array())
        return forget_run(*list);
    if (auto* const members = in.if_object())
        return forget_run(*members);
    auto* const held = in.if_string();
    if (held == nullptr)
        return false;
    std::string text{held->data(), held->size()};
    bool const found = forget_names(text);
    *held = text;
    return found;
}

CONVERGE_DECL bool object_log::forget_run(boost::json::array& in) const
{
    bool found = false;
    for (auto& each : in)
        found = forget_run(each) || found;
    // They stand in the order of names that the api made.
    if (found)
        std::ranges::sort(in, {}, [](auto const& each) { return boost::json::serialize(each); });
    return found;
}

CONVERGE_DECL bool object_log::forget_run(boost::json::object& in) const
{
    static constexpr std::string_view passing[] = {"uid", "observedGeneration", "generation",
                                                   "resourceVersion", "managedFields"};
    bool found = false;
    std::vector<std::pair<std::string, boost::json::value>> kept;
    for (auto& each : in) {
        std::string name{each.key().data(), each.key().size()};
        bool const time = name.ends_with("Time") || name.ends_with("Timestamp") ||
                          name.starts_with("converge.dev/rival");
        if (time || std::ranges::find(passing, name) != std::end(passing))
            continue;
        bool const named = forget_names(name);
        found = forget_run(each.value()) || named || found;
        if (name == "annotations" && each.value().is_object() && each.value().get_object().empty())
            continue;
        kept.emplace_back(std::move(name), std::move(each.value()));
    }
    // Of members that were named by the api, those with the same content stand for each other.
    std::ranges::sort(kept, {}, [](auto const& each) {
        return std::pair{each.first, boost::json::serialize(each.second)};
    });
    in.clear();
    for (auto& [name, value] : kept) {
        while (in.contains(name))
            name += '*';
        in.emplace(name, std::move(value));
    }
    return found;
}

CONVERGE_DECL end_state object_log::end(snapshot const& at,
                                        std::set<resource_type const*> const& ignored,
                                        std::string const& poisoned) const
{
    end_state state;
    state.poisoned = normal(poisoned);
    for (auto const& [key, object] : at.everything()) {
        if (ignored.contains(&object.type()))
            continue;
        auto document = object.to_json();
        (void)forget_run(document);
        state.objects[normal(key)].push_back(std::move(document));
    }
    for (auto& [key, alike] : state.objects)
        std::ranges::sort(alike, {}, [](auto const& each) { return boost::json::serialize(each); });
    for (auto const& [uid, of] : lives_) {
        auto const key = normal(of.key);
        for (auto const& owner : of.owners)
            if (auto const known = lives_.find(owner); known != lives_.end()) {
                auto const above = normal(known->second.key);
                state.kin[key].insert(above);
                state.kin[above].insert(key);
            }
        if (ignored.contains(of.type))
            continue;
        auto& counted = state.made_and_gone[key];
        counted.first += of.made;
        counted.second += of.gone;
    }
    return state;
}

} // namespace converge::testing::detail
