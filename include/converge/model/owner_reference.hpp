// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/uid.hpp>

#include <boost/describe/class.hpp>

#include <string>

namespace converge {

/// Says that this object exists for the sake of another one, and goes when that one goes.
/// At most one reference of an object is the `controller`: the one that reconciles it.
struct owner_reference {
    std::string api_version{};
    std::string kind{};
    std::string name{};
    converge::uid uid{};
    bool controller = false;
    /// A foreground deletion of the owner waits for this object.
    bool block_owner_deletion = false;

    friend bool operator==(owner_reference const&, owner_reference const&) = default;
};
BOOST_DESCRIBE_STRUCT(owner_reference, (),
                      (api_version, kind, name, uid, controller, block_owner_deletion))

} // namespace converge
