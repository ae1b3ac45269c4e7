// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/log_record.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace converge {

CONVERGE_DECL std::string_view to_string(log_level level) noexcept
{
    switch (level) {
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warn: return "warn";
    case log_level::error: return "error";
    }
    return "unknown";
}

namespace detail {

template <class Number>
[[nodiscard]] std::string chars_of(Number value)
{
    std::array<char, 64> buffer{};
    auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

CONVERGE_DECL std::string number_text(std::int64_t value) { return chars_of(value); }

CONVERGE_DECL std::string number_text(std::uint64_t value) { return chars_of(value); }

CONVERGE_DECL std::string number_text(float value) { return chars_of(value); }

CONVERGE_DECL std::string number_text(double value) { return chars_of(value); }

CONVERGE_DECL std::string number_text(long double value) { return chars_of(value); }

} // namespace detail

} // namespace converge
