// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>

namespace bench {

/// Objects as Kubernetes has them, as JSON; names, uids, namespaces (one of a thousand) and labels
/// hang on the number.
/// @{

/// 396 bytes.
[[nodiscard]] std::string config_map_text(std::size_t number);
/// About 3.7 KB: running, with one container.
[[nodiscard]] std::string pod_text(std::size_t number);

/// @}

} // namespace bench
