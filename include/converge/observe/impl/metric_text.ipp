// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/detail/metric_text.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

namespace converge::detail {

CONVERGE_DECL std::string metric_number(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 64> buffer{};
    auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

CONVERGE_DECL void append_escaped(std::string& text, std::string_view value, bool quotes)
{
    for (char c : value) {
        if (c == '\\')
            text += "\\\\";
        else if (c == '\n')
            text += "\\n";
        else if (c == '"' && quotes)
            text += "\\\"";
        else
            text += c;
    }
}

CONVERGE_DECL bool is_metric_word(std::string_view name, bool colons) noexcept
{
    if (name.empty() || (name.front() >= '0' && name.front() <= '9'))
        return false;
    for (char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || (colons && c == ':')))
            return false;
    return true;
}

CONVERGE_DECL std::string braced(std::string_view first, std::string_view second)
{
    if (first.empty() && second.empty())
        return {};
    std::string text{"{"};
    text += first;
    if (!first.empty() && !second.empty())
        text += ',';
    text += second;
    return text + '}';
}

} // namespace converge::detail
