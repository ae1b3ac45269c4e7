// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/service.hpp"

#include <converge/controller/controller.hpp>

namespace cluster {

/// Keeps, for every Service with a selector, the EndpointSlice with the addresses of its pods.
[[nodiscard]] converge::controller<service> endpoints_controller();

} // namespace cluster
