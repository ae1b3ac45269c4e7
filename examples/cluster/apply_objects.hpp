// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "yaml/file_objects.hpp"

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>

#include <vector>

namespace cluster {

/// Applies the objects in their order, in the name of the client's manager.
/// @throws converge::error: what the api refused, with file and line. Those before it are applied.
/// @par Cancellation  Some may have been applied; apply again.
[[nodiscard]] converge::task<> apply_objects(converge::client api,
                                             std::vector<file_object> objects);

} // namespace cluster
