// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace cluster {

namespace detail {

inline void begin_line(std::string& lines, std::size_t& column, std::size_t indent)
{
    lines.resize(lines.find_last_not_of(' ') + 1);
    lines += '\n' + std::string(indent, ' ');
    column = indent;
}

} // namespace detail

/// `text` after `head`, in lines of at most 100 columns, all but the first indented, and a line
/// break at the end. Words that are longer stay whole.
[[nodiscard]] inline std::string wrapped(std::string const& head, std::string_view text,
                                         std::size_t indent)
{
    constexpr std::size_t columns = 100;
    auto lines = head;
    auto column = head.size();
    while (!text.empty()) {
        auto const end = std::min(text.find_first_of(" \n"), text.size());
        auto const word = text.substr(0, end);
        bool const breaks = end != text.size() && text[end] == '\n';
        if (column + word.size() > columns && column > indent)
            detail::begin_line(lines, column, indent);
        lines.append(word).append(1, ' ');
        column += word.size() + 1;
        text.remove_prefix(std::min(end + 1, text.size()));
        if (breaks && !text.empty())
            detail::begin_line(lines, column, indent);
    }
    lines.resize(lines.find_last_not_of(' ') + 1);
    return lines + '\n';
}

} // namespace cluster
