// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/core/key.hpp>
#include <converge/core/uid.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace converge::detail {

/// The objects of one kind by key, with indexes from what an object contains to the keys of those
/// that contain it. The index by owner is always there; others are added when first asked for.
class object_cache {
public:
    /// The values that an object is found by; none if it is not in the index.
    using index_function = std::function<std::vector<std::string>(any_object const&)>;

    object_cache() { add_index(by_owner(), &owners_of); }

    /// The name of the index by the uid of each owner.
    [[nodiscard]] static void const* by_owner() noexcept { return &owner_index_name; }

    [[nodiscard]] std::map<object_key, any_object> const& objects() const noexcept
    {
        return objects_;
    }

    [[nodiscard]] any_object find(object_key const& id) const
    {
        auto const found = objects_.find(id);
        return found == objects_.end() ? any_object{} : found->second;
    }

    /// Puts or, if `now` is empty, erases.
    void set(object_key const& id, any_object const& now)
    {
        auto const before = find(id);
        for (auto& [name, entries] : indexes_)
            entries.move(id, before, now);
        if (now)
            objects_.insert_or_assign(id, now);
        else
            objects_.erase(id);
    }

    [[nodiscard]] bool has_index(void const* name) const { return indexes_.contains(name); }

    /// @par Complexity  Reads every object once.
    void add_index(void const* name, index_function values)
    {
        auto& made = indexes_[name];
        made.values = std::move(values);
        for (auto const& [id, object] : objects_)
            made.move(id, {}, object);
    }

    /// The objects found by `value`, in key order. @pre `has_index(name)`.
    [[nodiscard]] std::vector<any_object> look_up(void const* name, std::string const& value) const
    {
        std::vector<any_object> found;
        auto const& entries = indexes_.at(name).entries;
        if (auto const keys = entries.find(value); keys != entries.end())
            for (auto const& id : keys->second)
                found.push_back(objects_.at(id));
        return found;
    }

private:
    struct index {
        index_function values;
        std::map<std::string, std::set<object_key>> entries;

        void move(object_key const& id, any_object const& before, any_object const& now)
        {
            if (before)
                for (auto const& value : values(before))
                    if (auto const at = entries.find(value); at != entries.end()) {
                        at->second.erase(id);
                        if (at->second.empty())
                            entries.erase(at);
                    }
            if (now)
                for (auto const& value : values(now))
                    entries[value].insert(id);
        }
    };

    [[nodiscard]] static std::vector<std::string> owners_of(any_object const& object)
    {
        std::vector<std::string> owners;
        for (auto const& owner : object.metadata().owner_references)
            owners.push_back(owner.uid.str());
        return owners;
    }

    static constexpr char owner_index_name = 0;

    std::map<object_key, any_object> objects_;
    std::map<void const*, index> indexes_;
};

} // namespace converge::detail
