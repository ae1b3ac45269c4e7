// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "yaml/manifest.hpp"

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/key.hpp>
#include <converge/core/result.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace cluster {

/// An object that a file describes, and where it stands there.
struct file_object {
    converge::any_object object;
    manifest from;
};

/// The object of one manifest, read strictly.
///
/// Namespaced objects without a namespace go to `default`. What can be seen in the file alone is
/// checked here: a name is there, counts are not negative, a workload has containers with names,
/// and its selector matches its own template.
/// @returns errc::invalid, with file, line, field, value and remedy.
[[nodiscard]] converge::result<file_object> read_object(manifest from);

/// All objects of `files`, in their order.
/// @returns what `load_manifests` and `read_object` return; errc::invalid if one object stands
///          there twice.
[[nodiscard]] converge::result<std::vector<file_object>>
read_objects(std::span<std::filesystem::path const> files);

/// Applies the objects in their order, in the name of the client's manager.
/// @throws converge::error: what the api refused, with file and line. Those before it are applied.
/// @par Cancellation  Some may have been applied; apply again.
[[nodiscard]] converge::task<> apply_objects(converge::client api,
                                             std::vector<file_object> objects);

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
