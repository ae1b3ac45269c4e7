// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/core/uid.hpp>
#include <converge/model/owner_reference.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace converge {

/// Which fields one manager set through `apply`. `fields` is the JSON text of a tree of field
/// names, as in Kubernetes' `fieldsV1`.
struct managed_fields_entry {
    std::string manager{};
    std::string operation{};
    std::string fields{};

    friend bool operator==(managed_fields_entry const&, managed_fields_entry const&) = default;
};
BOOST_DESCRIBE_STRUCT(managed_fields_entry, (), (manager, operation, fields))

/// What every object carries beside its own content.
///
/// The user sets names, labels, annotations, owner references and finalizers; the api sets the
/// rest and ignores what a caller wrote there.
struct object_meta {
    std::string name{};
    /// Asks the api to make a name: this prefix and a random suffix.
    std::string generate_name{};
    std::string namespace_{};
    converge::uid uid{};
    /// The revision of the last write; as a precondition of an update, the revision last read.
    revision resource_version{};
    /// Counts the changes of what is desired (`spec`), not those of status or labels.
    std::int64_t generation = 0;
    std::optional<timestamp> creation_timestamp{};
    /// Set when a delete was asked for; the object goes when its last finalizer is removed.
    std::optional<timestamp> deletion_timestamp{};
    std::optional<std::int64_t> deletion_grace_period_seconds{};
    std::map<std::string, std::string> labels{};
    std::map<std::string, std::string> annotations{};
    std::vector<owner_reference> owner_references{};
    std::vector<std::string> finalizers{};
    std::vector<managed_fields_entry> managed_fields{};

    [[nodiscard]] bool being_deleted() const noexcept { return deletion_timestamp.has_value(); }

    friend bool operator==(object_meta const&, object_meta const&) = default;
};
BOOST_DESCRIBE_STRUCT(object_meta, (),
                      (name, generate_name, namespace_, uid, resource_version, generation,
                       creation_timestamp, deletion_timestamp, deletion_grace_period_seconds,
                       labels, annotations, owner_references, finalizers, managed_fields))

} // namespace converge
