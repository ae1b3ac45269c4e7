// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `manager`: many controllers as one task.
///
/// `run(api, controllers…)` is a control plane: shared caches, the controllers over them, the api's
/// housekeeping; started in order, stopped in reverse.

namespace converge {

class control_context;

} // namespace converge
