// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>
#include <converge/model/condition.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <string>
#include <vector>

namespace cluster {

enum class machine_phase { pending, creating, booting, running, failed };
BOOST_DESCRIBE_ENUM(machine_phase, pending, creating, booting, running, failed)

/// One machine that the control plane decided to have. Its name is the token under which the
/// provider creates it exactly once.
struct machine {
    static constexpr converge::kind_name kind{"cluster.converge.dev/v1", "Machine"};
    static constexpr converge::scope scope = converge::scope::cluster;

    struct spec {
        std::string machine_type{};
        /// Why it was decided to have it, for people.
        std::string reason{};
        /// `namespace/name` of the pods it was created for.
        std::vector<std::string> pods{};
    };

    struct status {
        machine_phase phase = machine_phase::pending;
        std::string node_name{};
        std::string provider_id{};
        std::string message{};
        std::vector<converge::condition> conditions{};
    };
};
BOOST_DESCRIBE_STRUCT(machine::spec, (), (machine_type, reason, pods))
BOOST_DESCRIBE_STRUCT(machine::status, (), (phase, node_name, provider_id, message, conditions))

namespace machine_condition {
/// Its node was ready: from then on it is not given up any more. False since the provider was asked
/// for it, Unknown while that cannot be.
inline constexpr char const* provisioned = "Provisioned";
/// It was given up; the provider's machine goes next.
inline constexpr char const* failed = "Failed";
} // namespace machine_condition

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::machine)
