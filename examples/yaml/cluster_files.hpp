// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/autoscaler.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "yaml/file_objects.hpp"

#include <converge/core/result.hpp>
#include <converge/model/object.hpp>

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace cluster {

/// What the files of a cluster describe, as the scheduler and the autoscaler want it.
struct cluster_files {
    std::vector<converge::object<node>> nodes{};
    std::vector<converge::object<pod>> pods{};
    std::vector<converge::object<machine_type>> machine_types{};
    std::vector<converge::object<machine>> machines{};
    std::optional<converge::object<autoscaler>> scaling{};
};

/// What the objects say about placement.
///
/// Deployments and ReplicaSets become their pods, `api-0`, `api-1`, ... A node without conditions
/// counts as ready. Objects without a uid get their name for one. Kinds that say nothing about
/// placement (Service, ConfigMap, ...) are passed over.
/// @returns errc::invalid, with file and line, if one pod is described twice.
[[nodiscard]] converge::result<cluster_files>
cluster_files_of(std::vector<file_object> const& objects);

/// The same of all objects of `files`.
/// @returns what `load_objects` and `cluster_files_of` return.
[[nodiscard]] converge::result<cluster_files>
load_cluster_files(std::span<std::filesystem::path const> files);

} // namespace cluster
