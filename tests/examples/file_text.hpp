// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "yaml/file_objects.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace yaml_test {

inline std::string const api_file = "apiVersion: apps/v1\n"                   // 1
                                    "kind: Deployment\n"                      // 2
                                    "metadata: {name: api}\n"                 // 3
                                    "spec:\n"                                 // 4
                                    "  replicas: 3\n"                         // 5
                                    "  selector: {matchLabels: {app: api}}\n" // 6
                                    "  template:\n"                           // 7
                                    "    metadata: {labels: {app: api}}\n"    // 8
                                    "    spec:\n"                             // 9
                                    "      containers:\n"                     // 10
                                    "        - {name: main, image: api:1}\n"; // 11

/// `text` with the one `old` replaced.
inline std::string with(std::string text, std::string_view old, std::string_view replacement)
{
    auto const at = text.find(old);
    REQUIRE(at != text.npos);
    return text.replace(at, old.size(), replacement);
}

/// The objects of the text, called `f.yaml`.
inline converge::result<std::vector<cluster::file_object>> read(std::string const& text)
{
    auto manifests = cluster::read_manifests(text, "f.yaml");
    REQUIRE_MESSAGE(manifests.has_value(), manifests.error().what());
    return cluster::read_objects(std::move(*manifests));
}

} // namespace yaml_test
