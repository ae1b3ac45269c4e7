// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/names.hpp>

#include <converge/core/result.hpp>
#include <converge/model/detail/quoted.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace converge {

namespace detail {

inline constexpr std::size_t label_length_max = 63;
inline constexpr std::size_t subdomain_length_max = 253;

[[nodiscard]] constexpr bool is_lower_or_digit(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

[[nodiscard]] constexpr bool is_letter_or_digit(char c) noexcept
{
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

/// `[a-z0-9]([-a-z0-9]*[a-z0-9])?` of any length.
[[nodiscard]] constexpr bool spells_dns_label(std::string_view text) noexcept
{
    return !text.empty() && is_lower_or_digit(text.front()) && is_lower_or_digit(text.back()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

/// Labels joined by dots, of any length.
[[nodiscard]] constexpr bool spells_dns_subdomain(std::string_view text) noexcept
{
    for (auto dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
        if (!spells_dns_label(text.substr(0, dot)))
            return false;
        text.remove_prefix(dot + 1);
    }
    return spells_dns_label(text);
}

/// `[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?` of any length.
[[nodiscard]] constexpr bool spells_name_part(std::string_view text) noexcept
{
    return !text.empty() && is_letter_or_digit(text.front()) && is_letter_or_digit(text.back()) &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
           });
}

/// The rule is asked before the length, so that the message names the mistake that a shorter
/// name would still have.
[[nodiscard]] inline result<void> check_spelling(std::string_view value, std::string_view what,
                                                 bool spelled, std::size_t length_max,
                                                 std::string_view rule)
{
    if (spelled && value.size() <= length_max)
        return {};
    std::string text = quoted(value) + " is not a " + std::string{what} + ": ";
    if (spelled)
        text += "it has " + std::to_string(value.size()) + " characters, the limit is " +
                std::to_string(length_max);
    else
        text += rule;
    return failure{errc::invalid, std::move(text)};
}

} // namespace detail

CONVERGE_DECL result<void> check_dns_label(std::string_view value)
{
    return detail::check_spelling(value, "DNS label", detail::spells_dns_label(value),
                                  detail::label_length_max,
                                  "use lower-case letters, digits and '-', starting and ending "
                                  "with a letter or digit, as in blog-1");
}

CONVERGE_DECL result<void> check_dns_subdomain(std::string_view value)
{
    return detail::check_spelling(value, "DNS subdomain", detail::spells_dns_subdomain(value),
                                  detail::subdomain_length_max,
                                  "use lower-case letters, digits, '-' and '.', each part "
                                  "starting and ending with a letter or digit, as in "
                                  "blog-1.example.com");
}

CONVERGE_DECL result<void> check_label_value(std::string_view value)
{
    return detail::check_spelling(value, "label value",
                                  value.empty() || detail::spells_name_part(value),
                                  detail::label_length_max,
                                  "use letters, digits, '-', '_' and '.', starting and ending "
                                  "with a letter or digit, as in web_2.1, or leave it empty");
}

CONVERGE_DECL result<void> check_qualified_name(std::string_view value)
{
    constexpr std::string_view what = "qualified name";
    auto const slash = value.find('/');
    auto const name = slash == std::string_view::npos ? value : value.substr(slash + 1);
    auto const prefix = value.substr(0, value.size() - name.size());
    auto const domain = prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);

    bool const spelled =
        detail::spells_name_part(name) && (prefix.empty() || detail::spells_dns_subdomain(domain));
    if (spelled && name.size() > detail::label_length_max)
        return failure{errc::invalid, detail::quoted(value) + " is not a " + std::string{what} +
                                          ": the name has " + std::to_string(name.size()) +
                                          " characters, the limit is 63"};
    return detail::check_spelling(
        value, what, spelled, detail::subdomain_length_max + (prefix.empty() ? 0 : 1 + name.size()),
        "use letters, digits, '-', '_' and '.', starting and ending with a letter or digit, after "
        "an optional DNS subdomain and '/', as in app or example.com/app");
}

} // namespace converge
