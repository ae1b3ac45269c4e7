// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/json_path.hpp>

#include <string>

namespace converge::detail {

CONVERGE_DECL void append_member(std::string& path, std::string_view name)
{
    bool const plain = !name.empty() && name.find_first_of(".[]\"/ ") == std::string_view::npos;
    if (plain) {
        if (!path.empty())
            path += '.';
        path += name;
        return;
    }
    path += "[\"";
    path += name;
    path += "\"]";
}

CONVERGE_DECL void append_element(std::string& path, std::size_t index)
{
    path += '[' + std::to_string(index) + ']';
}

CONVERGE_DECL void json_path::enter_member(std::string_view name)
{
    steps_.push_back({name, 0, true});
}

CONVERGE_DECL void json_path::enter_element(std::size_t index)
{
    steps_.push_back({{}, index, false});
}

CONVERGE_DECL void json_path::leave() { steps_.pop_back(); }

CONVERGE_DECL std::string json_path::str() const
{
    std::string text;
    for (auto const& at : steps_) {
        if (at.is_member)
            append_member(text, at.name);
        else
            append_element(text, at.index);
    }
    return text;
}

} // namespace converge::detail
