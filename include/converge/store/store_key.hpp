// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/resource_type.hpp>
#include <converge/core/key.hpp>

#include <string>

namespace converge {

/// The key of an object in a store: `<group>/<plural>/<namespace>/<name>`. Keys order by kind,
/// then namespace, then name, so a prefix is a kind or a namespace of it.
[[nodiscard]] inline std::string store_key(resource_type const& type, object_key const& id)
{
    std::string key;
    key.reserve(type.collection.size() + id.namespace_.size() + id.name.size() + 2);
    key.append(type.collection).append(1, '/').append(id.namespace_).append(1, '/');
    return key.append(id.name);
}

/// The prefix of all objects of a kind; with a namespace, of those in it.
[[nodiscard]] inline std::string store_prefix(resource_type const& type,
                                              std::string const& space = {})
{
    return space.empty() ? type.collection + "/" : type.collection + "/" + space + "/";
}

} // namespace converge
