// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/dns_record.hpp"
#include "resources/pod.hpp"
#include "resources/service.hpp"

#include <converge/controller/controller.hpp>
#include <converge/model/object.hpp>

#include <string>

namespace cluster {

/// An agent puts this finalizer on the pods that it has accepted: it runs them, and must stop them
/// before they may go.
inline constexpr char const* agent_finalizer = "cluster.converge.dev/agent";

/// The record that belongs to an object, by its uid; of several, the first by name.
[[nodiscard]] converge::object_ptr<dns_record>
record_of(converge::view<dns_record> const& records, std::string const& owner_uid);

/// Gives every pod that an agent has accepted an address of the cluster's network and a name.
[[nodiscard]] converge::controller<pod> pod_dns_controller();

/// Gives every Service its cluster address and name.
[[nodiscard]] converge::controller<service> service_dns_controller();

} // namespace cluster
