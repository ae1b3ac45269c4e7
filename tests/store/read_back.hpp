// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/sqlite_store.hpp>

#include "crash_log.hpp"
#include "store_under_test.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

[[nodiscard]] inline converge::draft_object make_mark(std::string const& key, std::uint64_t stamp)
{
    auto const slash = key.find('/');
    auto made = std::make_shared<converge::object<mark>>();
    made->metadata.namespace_ = key.substr(0, slash);
    made->metadata.name = key.substr(slash + 1);
    made->spec.stamp = stamp;
    made->spec.padding = padding_of(stamp);
    return {converge::type_of<mark>(), std::move(made)};
}

[[nodiscard]] inline std::uint64_t stamp_in(converge::any_object const& value)
{
    return value ? value.as<mark>()->spec.stamp : 0;
}

[[nodiscard]] inline std::string key_in(converge::any_object const& value)
{
    auto const key = value.key();
    return key.namespace_ + "/" + key.name;
}

[[nodiscard]] inline held held_in(converge::stored const& entry)
{
    held now;
    now.stamp = stamp_in(entry.value);
    now.created = entry.created;
    now.modified = entry.modified;
    now.version = entry.version;
    now.lease = static_cast<std::uint64_t>(entry.lease);
    return now;
}

[[nodiscard]] inline held_keys held_at(converge::sqlite_store const& store, converge::revision at,
                                       std::vector<std::string>& complaints)
{
    converge::list_query query{""};
    query.at = at;
    held_keys all;
    for (auto const& entry : store.list(query).entries) {
        auto const key = key_in(entry.value);
        auto const one = held_in(entry);
        if (entry.value.as<mark>()->spec.padding != padding_of(one.stamp))
            complaints.push_back(key + " holds a damaged object");
        if (entry.value.metadata().resource_version != entry.modified)
            complaints.push_back(key + " holds an object of another revision");
        all.emplace(key, one);
    }
    return all;
}

/// Reads everything that a store tells through its public members.
[[nodiscard]] inline recovered read_back(converge::sqlite_store& store, std::uint64_t leases_max)
{
    recovered found;
    auto const stats = store.stats();
    found.incarnation = store.incarnation();
    found.newest = store.newest();
    found.compacted = stats.compacted;
    found.now = held_at(store, {}, found.complaints);
    for (auto at = found.compacted; at && at < found.newest;
         at = converge::revision{(at.value() + found.newest.value() + 1) / 2})
        found.past.emplace(at, held_at(store, at, found.complaints));
    for (std::uint64_t id = 1; id <= leases_max; ++id)
        if (store.renew_lease(static_cast<converge::lease_id>(id), converge::instant{}))
            found.leases.insert(id);
    session reader{converge::any_store{store}};
    auto const begin = found.compacted.value() == 0 ? 0 : found.compacted.value() - 1;
    auto const stream = reader.watch("", converge::revision{begin});
    for (auto const& event : reader.drain(*stream)) {
        change what{event.key, stamp_in(event.current), 0};
        found.window[event.at].push_back({std::move(what), stamp_in(event.previous)});
    }
    return found;
}

} // namespace store_test
