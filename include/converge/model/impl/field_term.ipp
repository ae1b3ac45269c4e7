// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/field_term.hpp>

#include <string>
#include <string_view>

namespace converge {

CONVERGE_DECL std::string field_term::str() const
{
    std::string text = path + (op == field_operator::equals ? "=" : "!=");
    for (char const c : value) {
        if (std::string_view{"\\,="}.find(c) != std::string_view::npos)
            text += '\\';
        text += c;
    }
    return text;
}

} // namespace converge
