// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/object_cache.hpp>

#include <converge/core/detail/caught.hpp>

#include <string>
#include <utility>
#include <vector>

namespace converge::detail {

CONVERGE_DECL object_cache::object_cache(logger log) : log_{std::move(log)}
{
    add_index(by_owner(), &owners_of);
}

CONVERGE_DECL any_object object_cache::find(object_key const& id) const
{
    auto const found = objects_.find(id);
    return found == objects_.end() ? any_object{} : found->second;
}

CONVERGE_DECL void object_cache::set(object_key const& id, any_object const& now)
{
    auto const before = find(id);
    std::vector<index_move> moves;
    moves.reserve(indexes_.size());
    for (auto& [name, each] : indexes_)
        moves.push_back(plan(each, before, now));
    for (auto const& each : moves)
        each.in->move(id, each.before, each.now);
    if (now)
        objects_.insert_or_assign(id, now);
    else
        objects_.erase(id);
}

CONVERGE_DECL bool object_cache::has_index(void const* name) const
{
    return indexes_.contains(name);
}

CONVERGE_DECL void object_cache::add_index(void const* name, index_function values)
{
    auto& made = indexes_[name];
    made.values_of = std::move(values);
    for (auto const& [id, object] : objects_)
        made.move(id, {}, plan(made, {}, object).now);
}

CONVERGE_DECL std::vector<any_object> object_cache::look_up(void const* name,
                                                            std::string const& value) const
{
    std::vector<any_object> found;
    auto const& entries = indexes_.at(name).entries;
    if (auto const keys = entries.find(value); keys != entries.end())
        for (auto const& id : keys->second)
            found.push_back(objects_.at(id));
    return found;
}

CONVERGE_DECL object_cache::index_move object_cache::plan(index& in, any_object const& before,
                                                         any_object const& now) const
{
    index_move planned{&in, {}, {}};
    try {
        if (before)
            planned.before = in.values_of(before);
    } catch (...) {
        // Told when it was left out.
    }
    try {
        if (now)
            planned.now = in.values_of(now);
    } catch (...) {
        log_.about(now.ref()).error("an index function threw; the index leaves the object out",
                                    {{"why", caught().what()}});
    }
    return planned;
}

CONVERGE_DECL void object_cache::index::move(object_key const& id, value_list const& before,
                                             value_list const& now)
{
    for (auto const& value : before)
        if (auto const at = entries.find(value); at != entries.end()) {
            at->second.erase(id);
            if (at->second.empty())
                entries.erase(at);
        }
    for (auto const& value : now)
        entries[value].insert(id);
}

CONVERGE_DECL std::vector<std::string> object_cache::owners_of(any_object const& object)
{
    std::vector<std::string> owners;
    for (auto const& owner : object.metadata().owner_references)
        owners.push_back(owner.uid.str());
    return owners;
}

} // namespace converge::detail
