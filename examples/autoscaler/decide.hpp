// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/autoscaler.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/pod.hpp"
#include "resources/scaling_verdict.hpp"
#include "scheduler/cluster_snapshot.hpp"
#include "scheduler/profile.hpp"

#include <converge/model/object.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace autoscaling {

/// What a decision is made from. The order of the vectors does not matter.
struct scaling_input {
    /// Pods that wait for a node: not bound, not gated, not being deleted.
    std::vector<converge::object_ptr<cluster::pod>> pending{};
    std::vector<converge::object_ptr<cluster::machine_type>> machine_types{};
    /// All that there are, in any phase. Those on their way count as capacity.
    std::vector<converge::object_ptr<cluster::machine>> machines{};
    cluster::autoscaler::spec options{};
    /// Machine types not to use for now, and why.
    std::map<std::string, std::string> backing_off{};
    /// Nodes that fell silent so lately that they may come back: no other takes their place yet.
    std::set<std::string> silent{};
};

struct decision {
    /// To be created under exactly these names; one that exists already is the same machine.
    std::vector<converge::object<cluster::machine>> create{};
    /// One for every pending pod, by namespace and name.
    std::vector<cluster::scaling_verdict> verdicts{};
};

/// Decides which machines to create so that the pending pods can run.
///
/// Pods that fit on a node that is there, or on a machine that is on its way, need none. The
/// others are packed, largest first, onto new machines; the expander chooses among the types that
/// would do, and ties go to the lower price, then to the lower name. Whether a pod fits is decided
/// by the scheduler's own filters on the node that the type would become. The same input gives
/// the same decision.
/// @par Complexity  Nodes and machine types times pending pods, times the filters.
[[nodiscard]] decision decide(scaling_input const& input,
                              scheduling::cluster_snapshot const& cluster,
                              scheduling::profile const& plugins);

} // namespace autoscaling
