// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/pod.hpp"
#include "resources/scaling_verdict.hpp"
#include "scheduler/pod_info.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace autoscaling {

/// The filters' name for limits, in `candidate_reason::plugin`.
inline constexpr std::string_view limit_plugin = "Limit";
inline constexpr std::string_view backoff_plugin = "Backoff";

/// What limits are called, in `candidate_reason::resource`.
inline constexpr char const* max_machines_knob = "spec.maxMachines";
inline constexpr char const* max_machines_total_knob = "spec.maxMachinesTotal";

/// What a machine type offers beside its reasons, for hints.
struct offered_labels {
    std::string_view machine_type{};
    std::map<std::string, std::string> const* labels = nullptr;
};

/// Says why none of `candidates` will do for the pod, and what to change: fills code, message,
/// remedy, hint and candidates of `verdict`.
/// @pre Every candidate has a reason.
void explain_refusal(scheduling::pod_info const& pod,
                     std::vector<cluster::scaling_candidate> candidates,
                     std::vector<offered_labels> const& offered, cluster::scaling_verdict& verdict);

/// `FitsExistingNode`, as on the wire.
[[nodiscard]] std::string to_string(cluster::verdict_code code);

/// Whether a pod with that verdict gets a node without anybody's help.
[[nodiscard]] bool is_hopeful(cluster::verdict_code code);

} // namespace autoscaling
