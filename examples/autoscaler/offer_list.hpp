// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "autoscaler/decide.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace autoscaling {

/// The node that a machine is, or will become.
[[nodiscard]] std::string node_of(converge::object<cluster::machine> const& machine);

/// A machine type and how many machines of it there are, those of this decision included.
struct offer {
    converge::object_ptr<cluster::machine_type> type;
    int machines = 0;

    [[nodiscard]] std::string const& name() const { return type->metadata.name; }
};

/// The machine types by name, and how many more machines there may be. Nodes that no machine
/// stands for count as machines too. Keeps referring to `input`.
class offer_list {
public:
    offer_list(scaling_input const& input, scheduling::cluster_snapshot const& cluster);

    [[nodiscard]] std::vector<offer> const& all() const { return offers_; }
    /// Null if there is none.
    [[nodiscard]] offer const* find(std::string_view type) const;

    /// Counts one more machine of that type.
    void take(offer const& of) { count(of.name()); }
    /// Appends why there may be no more machines of that type, if that is so.
    void add_limits(offer const& of, std::vector<cluster::candidate_reason>& reasons) const;

private:
    void count(std::string_view type);

    scaling_input const& input_;
    std::vector<offer> offers_;
    int machines_total_ = 0;
};

} // namespace autoscaling
