// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/autoscaler.hpp"
#include "resources/machine_type.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "yaml/manifest.hpp"

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
    std::optional<converge::object<autoscaler>> scaling{};
};

/// Adds the objects of one manifest.
///
/// Deployments and ReplicaSets become their pods, `api-0`, `api-1`, ... A node without conditions
/// counts as ready. Objects without a uid get their name for one. Kinds that say nothing about
/// placement (Service, ConfigMap, ...) are passed over.
/// @returns errc::invalid for other kinds, and what `decode_manifest` returns.
[[nodiscard]] converge::result<void> add_manifest(manifest const& from, cluster_files& to);

/// All objects of `files`, in their order.
[[nodiscard]] converge::result<cluster_files>
load_cluster_files(std::span<std::filesystem::path const> files);

} // namespace cluster
