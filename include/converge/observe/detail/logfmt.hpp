// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace converge::detail {

[[nodiscard]] inline bool is_control(char c) noexcept
{
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

inline void append_quoted(std::string& line, std::string_view value)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    line += '"';
    for (char c : value) {
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (c == '\n') {
            line += "\\n";
        } else if (c == '\t') {
            line += "\\t";
        } else if (c == '\r') {
            line += "\\r";
        } else if (is_control(c)) {
            line += "\\u00";
            line += digits[static_cast<unsigned char>(c) >> 4];
            line += digits[static_cast<unsigned char>(c) & 15];
        } else {
            line += c;
        }
    }
    line += '"';
}

/// Appends `key=value ` to `line`, quoting the value where needed. Characters that a key cannot
/// have become `_`.
inline void append_logfmt(std::string& line, std::string_view key, std::string_view value)
{
    auto const special = [](char c) {
        return c == ' ' || c == '=' || c == '"' || c == '\\' || is_control(c);
    };
    if (key.empty())
        line += '_';
    for (char c : key)
        line += special(c) ? '_' : c;
    line += '=';
    bool plain = !value.empty();
    for (char c : value)
        plain = plain && !special(c);
    if (plain)
        line += value;
    else
        append_quoted(line, value);
    line += ' ';
}

} // namespace converge::detail
