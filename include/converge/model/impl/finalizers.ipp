// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/finalizers.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace converge {

CONVERGE_DECL bool has_finalizer(object_meta const& of, std::string_view name)
{
    return std::find(of.finalizers.begin(), of.finalizers.end(), name) != of.finalizers.end();
}

CONVERGE_DECL bool add_finalizer(object_meta& of, std::string_view name)
{
    if (has_finalizer(of, name))
        return false;
    of.finalizers.emplace_back(name);
    return true;
}

CONVERGE_DECL bool remove_finalizer(object_meta& of, std::string_view name)
{
    return std::erase(of.finalizers, name) != 0;
}

} // namespace converge
