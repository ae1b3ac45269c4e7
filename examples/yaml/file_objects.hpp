// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "yaml/manifest.hpp"

#include <converge/codec/any_object.hpp>
#include <converge/core/key.hpp>
#include <converge/core/result.hpp>

#include <filesystem>
#include <span>
#include <vector>

namespace cluster {

/// An object that a file describes, and where it stands there.
struct file_object {
    converge::any_object object;
    manifest from;
};

/// The objects of manifests, read strictly, in their order. Namespaced objects without a namespace
/// go to `default`.
/// @returns errc::invalid, with file, line, field, value and remedy: what `decode_manifest` and
///          `check_object` return; for a kind that people do not write; if one object stands
///          there twice.
[[nodiscard]] converge::result<std::vector<file_object>>
read_objects(std::vector<manifest> manifests);

/// The objects of files, in their order.
/// @returns what `load_manifests` and `read_objects` return.
[[nodiscard]] converge::result<std::vector<file_object>>
load_objects(std::span<std::filesystem::path const> files);

/// The keys of the objects of one kind.
template <class R>
[[nodiscard]] std::vector<converge::object_key> keys_of(std::span<file_object const> in)
{
    std::vector<converge::object_key> keys;
    for (auto const& each : in)
        if (each.object.type().kind == R::kind)
            keys.push_back(each.object.key());
    return keys;
}

} // namespace cluster
