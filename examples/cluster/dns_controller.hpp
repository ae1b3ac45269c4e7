// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/dns_record.hpp"
#include "resources/pod.hpp"
#include "resources/service.hpp"

#include <converge/client/view.hpp>
#include <converge/controller/controller.hpp>
#include <converge/model/object.hpp>

#include <string>
#include <vector>

namespace cluster {

/// An agent puts this finalizer on the pods that it has accepted: it runs them, and must stop them
/// before they may go.
inline constexpr char const* agent_finalizer = "cluster.converge.dev/agent";

/// Records by the uid of what they belong to.
struct by_owner_uid : converge::index_of<dns_record> {
    static std::string const& value(converge::object<dns_record> const& of)
    {
        return of.spec.owner_uid;
    }
};
using records_view = converge::view<dns_record, by_owner_uid>;

/// The record that belongs to an object, by its uid; of several, the oldest.
[[nodiscard]] converge::object_ptr<dns_record> record_of(records_view const& records,
                                                         std::string const& owner_uid);

/// The object that a record belongs to, if it is of kind `R`. For `watches<dns_record>`: a record
/// is no namespace's, so that `owns` could not tell its owner's.
template <class R>
[[nodiscard]] std::vector<converge::key<R>> owner_of(converge::object<dns_record> const& record)
{
    std::vector<converge::key<R>> keys;
    if (record.spec.owner_kind == R::kind.kind)
        keys.emplace_back(converge::in_namespace{record.spec.owner_namespace},
                          record.spec.owner_name);
    return keys;
}

/// Gives every pod that an agent has accepted an address of the cluster's network and a name.
[[nodiscard]] converge::controller<pod> pod_dns_controller();

/// Gives every Service its cluster address and name: the address that `spec.clusterIP` asks for, if
/// it can be had, else an event says so; any if it asks for none. A headless Service has none, and
/// one that stands for a name outside.
[[nodiscard]] converge::controller<service> service_dns_controller();

} // namespace cluster
