// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/node_info.hpp"

#include <converge/core/key.hpp>
#include <converge/model/object.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace scheduling {

/// The nodes by name and what runs on them, kept up to date object by object. A regular value:
/// a copy can be used to try something out.
///
/// Objects may come in any order: a pod that is bound to a node which is not here yet counts as
/// soon as the node is. Every change is logarithmic in the nodes and the pods of one node.
class cluster_snapshot {
public:
    using node_map = std::map<std::string, node_info, std::less<>>;

    [[nodiscard]] node_map const& nodes() const { return nodes_; }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    /// Null if there is none.
    [[nodiscard]] node_info const* find(std::string_view node) const;

    void set_node(converge::object_ptr<cluster::node> node);
    void remove_node(std::string_view node);

    /// Takes note of `pod`: it counts while it is bound to a node and has not ended.
    void set_pod(converge::object_ptr<cluster::pod> pod);
    void remove_pod(converge::object_key const& pod);
    /// Counts `pod` on `node` although that is not written yet; the next `set_pod` of it decides.
    void assume(converge::object<cluster::pod> pod, std::string node);

private:
    using pod_map = std::map<converge::object_key, pod_info_ptr>;

    node_map nodes_;
    /// Pods on nodes that are not here.
    std::map<std::string, pod_map, std::less<>> waiting_;
    std::unordered_map<converge::object_key, std::string> node_of_;
};

} // namespace scheduling
