// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

namespace converge::testing::detail {

/// @throws errc::unavailable if the file cannot be read.
[[nodiscard]] inline std::string read_text(std::filesystem::path const& from)
{
    std::ifstream in{from, std::ios::binary};
    // A folder can be opened, but not read.
    if (!in || std::filesystem::is_directory(from))
        throw error{errc::unavailable, from.string() + ": cannot be read"};
    std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    if (in.bad())
        throw error{errc::unavailable, from.string() + ": cannot be read to its end"};
    return text;
}

/// Who reads the file sees what it held before or all of `text`, even if this program ends within.
/// @throws errc::unavailable if it cannot be written.
inline void write_text(std::filesystem::path const& to, std::string_view text)
{
    auto beside = to;
    beside += ".new";
    {
        std::ofstream out{beside, std::ios::binary | std::ios::trunc};
        out << text << std::flush;
        if (!out)
            throw error{errc::unavailable, beside.string() + ": cannot be written"};
    }
    std::error_code no;
    std::filesystem::rename(beside, to, no);
    if (no)
        throw error{errc::unavailable, to.string() + ": cannot be written: " + no.message()};
}

/// `name` with a dash for whatever would be awkward in the name of a file.
[[nodiscard]] inline std::string file_stem(std::string name)
{
    for (auto& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-' && c != '.')
            c = '-';
    return name;
}

} // namespace converge::testing::detail
