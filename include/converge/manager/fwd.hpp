// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `manager`: many controllers as one task.
///
/// `run(api, controllers…)` is a control plane: shared caches, the controllers over them, the api's
/// housekeeping; started in order, stopped in reverse. With a `leader_election` any number of
/// replicas run it and one at a time reconciles; `health` says whether it lives and is ready.

namespace converge {

class control_context;
class health;
class health_report;
class leader_election;
class run_options;

} // namespace converge
