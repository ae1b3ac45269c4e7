// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/object_meta.hpp>

#include <cstddef>

namespace converge::detail {

/// About how many bytes an object takes in memory: what its metadata says, and a guess for the
/// content, which is the user's type and not measured.
[[nodiscard]] inline std::size_t approximate_size(object_meta const& of)
{
    constexpr std::size_t content = 256;
    constexpr std::size_t map_node = 112;
    auto bytes = content + sizeof(object_meta) + of.name.size() + of.namespace_.size();
    for (auto const& [name, value] : of.labels)
        bytes += map_node + name.size() + value.size();
    for (auto const& [name, value] : of.annotations)
        bytes += map_node + name.size() + value.size();
    for (auto const& each : of.managed_fields)
        bytes += sizeof each + each.fields.size();
    return bytes + of.owner_references.size() * sizeof(owner_reference);
}

} // namespace converge::detail
