// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/parse_json.hpp>

#include <converge/codec/detail/json_reader.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace converge {

CONVERGE_DECL result<boost::json::value> parse_json(std::string_view text, parse_options options)
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
