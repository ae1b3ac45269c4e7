// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/label_selector.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <string>

namespace cluster {

enum class unsatisfiable_action { do_not_schedule, schedule_anyway };
BOOST_DESCRIBE_ENUM(unsatisfiable_action, do_not_schedule, schedule_anyway)

/// Keeps the numbers of matching pods in the domains of `topology_key` (a node label) at most
/// `max_skew` apart.
struct topology_spread_constraint {
    int max_skew = 1;
    std::string topology_key{};
    unsatisfiable_action when_unsatisfiable = unsatisfiable_action::do_not_schedule;
    converge::label_selector_spec label_selector{};
};
BOOST_DESCRIBE_STRUCT(topology_spread_constraint, (),
                      (max_skew, topology_key, when_unsatisfiable, label_selector))

} // namespace cluster
