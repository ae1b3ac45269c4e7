// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <string>
#include <vector>

namespace cluster {

/// What the autoscaler concluded about one pending pod.
enum class verdict_code {
    /// A node that is already there has room: the scheduler will bind it.
    fits_existing_node,
    /// A machine that is on its way has room.
    waiting_for_machine,
    /// A machine is created for it.
    create_machine,
    /// Types match what the pod asks of a node, but none is large enough.
    no_machine_type_large_enough,
    /// No type has the labels that the pod asks for.
    no_machine_type_matches_selector,
    /// Every type that matches has a taint that the pod does not tolerate.
    no_machine_type_tolerated,
    /// Every type that matches lacks a label that the pod's spread constraints count by.
    no_machine_type_spreads,
    /// A type would do, but there may be no more machines.
    limit_reached,
    /// A type would do, but creating machines of it failed lately.
    machine_type_unavailable,
    /// There are no machine types at all.
    no_machine_types,
};
BOOST_DESCRIBE_ENUM(verdict_code, fits_existing_node, waiting_for_machine, create_machine,
                    no_machine_type_large_enough, no_machine_type_matches_selector,
                    no_machine_type_tolerated, no_machine_type_spreads, limit_reached,
                    machine_type_unavailable, no_machine_types)

/// One thing that a machine type lacks. `resource` is `memory`, or the key of a label or taint;
/// `short_` is the missing amount, for resources.
struct candidate_reason {
    /// The scheduler's filter that says no, or `Limit`.
    std::string plugin{};
    std::string resource{};
    std::string needs{};
    std::string offers{};
    std::string short_{};

    friend bool operator==(candidate_reason const&, candidate_reason const&) = default;
};
BOOST_DESCRIBE_STRUCT(candidate_reason, (), (plugin, resource, needs, offers, short_))

/// A machine type that was considered; suitable if there are no reasons against it.
struct scaling_candidate {
    std::string machine_type{};
    std::vector<candidate_reason> reasons{};

    friend bool operator==(scaling_candidate const&, scaling_candidate const&) = default;
};
BOOST_DESCRIBE_STRUCT(scaling_candidate, (), (machine_type, reasons))

struct scaling_verdict {
    std::string namespace_{};
    std::string name{};
    std::string uid{};
    verdict_code code = verdict_code::no_machine_types;
    /// One sentence for people.
    std::string message{};
    /// The machine that is or will be there for the pod; the node for `fits_existing_node`.
    std::string machine{};
    std::vector<scaling_candidate> candidates{};
    /// What to change so that the pod can run; empty if nothing needs to be.
    std::string remedy{};
    /// What may have been meant; empty if there is no guess.
    std::string hint{};

    friend bool operator==(scaling_verdict const&, scaling_verdict const&) = default;
};
BOOST_DESCRIBE_STRUCT(scaling_verdict, (),
                      (namespace_, name, uid, code, message, machine, candidates, remedy, hint))

} // namespace cluster
