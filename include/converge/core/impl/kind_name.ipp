// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/kind_name.hpp>

namespace converge {

CONVERGE_DECL std::string kind_name::singular() const
{
    std::string name{kind};
    for (char& c : name)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return name;
}

CONVERGE_DECL std::string kind_name::plural() const
{
    if (!plural_name.empty())
        return std::string{plural_name};
    std::string name = singular();
    bool const sibilant =
        name.ends_with('s') || name.ends_with('x') || name.ends_with("ch") || name.ends_with("sh");
    bool const vowel_y = name.size() > 1 && std::string_view{"aeiou"}.find(name[name.size() - 2]) !=
                                                std::string_view::npos;
    if (sibilant)
        return name + "es";
    if (name.ends_with('y') && !vowel_y)
        return name.substr(0, name.size() - 1) + "ies";
    return name + "s";
}

} // namespace converge
