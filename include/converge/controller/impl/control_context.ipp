// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/control_context.hpp>

namespace converge {

CONVERGE_DECL control_context::control_context() = default;

} // namespace converge
