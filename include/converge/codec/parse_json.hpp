// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/json_reader.hpp>
#include <converge/core/result.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace converge {

/// What `parse_json` accepts.
struct parse_options {
    /// Refuse an object that has a member twice; otherwise the last one counts.
    bool unique_members = false;
    /// In bytes; Kubernetes has the same limit for a request.
    std::size_t size_max = std::size_t{3} << 20;
    /// How deep arrays and objects may stand inside one another; at most 512.
    std::size_t depth_max = 64;
};

/// Reads one JSON text. Integers from -2^63 to 2^64-1 are exact, other numbers are the nearest
/// double.
/// @returns errc::too_large beyond `size_max`; errc::invalid with line, column (in bytes, from
///          1) and path for anything that is not JSON.
/// @par Complexity  Linear in the size of the text. Thread-safe.
[[nodiscard]] inline result<boost::json::value> parse_json(std::string_view text,
                                                           parse_options options = {})
{
    if (text.size() > options.size_max)
        return failure{errc::too_large, "the JSON text has " + std::to_string(text.size()) +
                                            " bytes; the limit is " +
                                            std::to_string(options.size_max)};
    detail::json_reader reader{text, std::min<std::size_t>(options.depth_max, 512),
                               options.unique_members};
    boost::json::value document;
    if (reader.read(document))
        return document;
    auto const before = text.substr(0, reader.offset());
    auto const line = 1 + std::count(before.begin(), before.end(), '\n');
    auto const line_start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
    return failure{errc::invalid, reader.reason() + " at line " + std::to_string(line) +
                                      ", column " + std::to_string(before.size() - line_start + 1)}
        .at(reader.path());
}

} // namespace converge
