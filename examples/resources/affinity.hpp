// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cluster {

enum class node_selector_operator { in, not_in, exists, does_not_exist, gt, lt };
BOOST_DESCRIBE_ENUM(node_selector_operator, in, not_in, exists, does_not_exist, gt, lt)

/// One demand on a node's labels.
struct node_selector_requirement {
    std::string key{};
    node_selector_operator operator_ = node_selector_operator::in;
    std::vector<std::string> values{};
};
BOOST_DESCRIBE_STRUCT(node_selector_requirement, (), (key, operator_, values))

/// Holds when all of its demands hold. `match_fields` knows only `metadata.name`.
struct node_selector_term {
    std::vector<node_selector_requirement> match_expressions{};
    std::vector<node_selector_requirement> match_fields{};
};
BOOST_DESCRIBE_STRUCT(node_selector_term, (), (match_expressions, match_fields))

/// Holds when any of its terms holds; a term without demands holds for no node.
struct node_selector {
    std::vector<node_selector_term> node_selector_terms{};
};
BOOST_DESCRIBE_STRUCT(node_selector, (), (node_selector_terms))

struct preferred_scheduling_term {
    /// 1 to 100.
    int weight = 1;
    node_selector_term preference{};
};
BOOST_DESCRIBE_STRUCT(preferred_scheduling_term, (), (weight, preference))

struct node_affinity {
    std::optional<node_selector> required_during_scheduling_ignored_during_execution{};
    std::vector<preferred_scheduling_term> preferred_during_scheduling_ignored_during_execution{};
};
BOOST_DESCRIBE_STRUCT(node_affinity, (),
                      (required_during_scheduling_ignored_during_execution,
                       preferred_during_scheduling_ignored_during_execution))

/// Where a pod wants to run. Only node affinity is offered.
struct affinity {
    cluster::node_affinity node_affinity{};
};
BOOST_DESCRIBE_STRUCT(affinity, (), (node_affinity))

} // namespace cluster
