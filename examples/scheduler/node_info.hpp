// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/node.hpp"
#include "scheduler/pod_info.hpp"

#include <converge/core/key.hpp>
#include <converge/model/object.hpp>

#include <map>
#include <string>
#include <vector>

namespace scheduling {

/// A node, the pods that are bound to it, and their sums.
class node_info {
public:
    explicit node_info(converge::object_ptr<cluster::node> node);

    [[nodiscard]] cluster::node::spec const& spec() const { return node_->spec; }
    [[nodiscard]] cluster::node::status const& status() const { return node_->status; }
    [[nodiscard]] std::string const& name() const { return node_->metadata.name; }
    [[nodiscard]] std::map<std::string, std::string> const& labels() const
    {
        return node_->metadata.labels;
    }

    /// What pods may use: `allocatable`, or `capacity` if the node says nothing else.
    [[nodiscard]] converge::quantity capacity(std::string const& resource) const;
    [[nodiscard]] converge::quantity used(std::string const& resource) const;
    /// May be negative: nodes shrink, and pods can be bound by hand.
    [[nodiscard]] converge::quantity free(std::string const& resource) const;
    [[nodiscard]] scoring_amounts const& scoring_used() const { return scoring_used_; }
    [[nodiscard]] std::vector<host_port> const& host_ports() const { return host_ports_; }
    [[nodiscard]] std::map<converge::object_key, pod_info_ptr> const& pods() const { return pods_; }

    /// Another version of the same node; its pods stay.
    void replace(converge::object_ptr<cluster::node> node);
    /// Counts `pod` as running here, instead of an earlier version of it.
    void add(pod_info_ptr pod);
    void remove(converge::object_key const& pod);

private:
    converge::object_ptr<cluster::node> node_;
    std::map<converge::object_key, pod_info_ptr> pods_;
    cluster::resource_list used_;
    scoring_amounts scoring_used_;
    std::vector<host_port> host_ports_;
};

} // namespace scheduling
