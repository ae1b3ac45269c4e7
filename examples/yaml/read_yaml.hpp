// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "yaml/source_map.hpp"

#include <converge/core/result.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace cluster {

struct yaml_document {
    boost::json::value value;
    source_map lines;
};

/// What a file may cost. Values are counted after aliases were replaced.
struct yaml_limits {
    std::size_t bytes_max = 4u << 20;
    std::size_t values_max = 100'000;
    std::size_t depth_max = 100;
};

/// Reads the documents of a YAML (or JSON) file; empty documents are left out.
///
/// Plain scalars follow the core schema of YAML 1.2: only `true` and `false` are booleans (`no`
/// and `on` are strings), integers are exact, quoted scalars are strings. `0644` is octal, as
/// Kubernetes reads it. Anchors, aliases and merge keys (`<<`) are replaced.
/// @param file_name what error messages call the text.
/// @returns errc::invalid, `FILE:LINE:COLUMN: what is wrong`, for bad syntax, a repeated key, a
///          key that is no scalar, or a number that JSON cannot hold exactly; errc::too_large
///          at a limit.
[[nodiscard]] converge::result<std::vector<yaml_document>>
read_yaml(std::string_view text, std::string_view file_name, yaml_limits limits = {});

} // namespace cluster
