// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/control_context.hpp>

#include <converge/observe/metrics_registry.hpp>

#include <memory>

namespace converge {

CONVERGE_DECL control_context::control_context() : metrics_{std::make_shared<metrics_registry>()} {}

} // namespace converge
