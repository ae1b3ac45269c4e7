// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/object_meta.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace converge {

/// Whether `name` keeps the object from going when it is deleted.
[[nodiscard]] inline bool has_finalizer(object_meta const& of, std::string_view name)
{
    return std::find(of.finalizers.begin(), of.finalizers.end(), name) != of.finalizers.end();
}

/// @pre `check_qualified_name(name)`; the api refuses other names.
/// @returns whether anything changed.
inline bool add_finalizer(object_meta& of, std::string_view name)
{
    if (has_finalizer(of, name))
        return false;
    of.finalizers.emplace_back(name);
    return true;
}

/// @returns whether anything changed.
inline bool remove_finalizer(object_meta& of, std::string_view name)
{
    return std::erase(of.finalizers, name) != 0;
}

} // namespace converge
