// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/container.hpp"
#include "resources/pod.hpp"

#include <converge/core/key.hpp>
#include <converge/model/object.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace scheduling {

/// A port of the node itself.
struct host_port {
    std::string ip{};
    cluster::transport_protocol protocol = cluster::transport_protocol::tcp;
    int port = 0;

    friend bool operator==(host_port const&, host_port const&) = default;
};

/// Whether both cannot be taken at once; `0.0.0.0` and no address mean all addresses.
[[nodiscard]] bool conflict(host_port const& left, host_port const& right);

/// What scoring compares: never zero, so that pods without requests spread out too.
struct scoring_amounts {
    std::int64_t cpu_milli = 0;
    std::int64_t memory_bytes = 0;
};

/// A pod and what the scheduler computes of it once.
struct pod_info {
    converge::object_ptr<cluster::pod> pod{};
    cluster::resource_list requests{};
    /// Containers without a request count as 100m and 200 MB.
    scoring_amounts scoring{};
    std::vector<host_port> host_ports{};

    explicit pod_info(converge::object_ptr<cluster::pod> of);

    [[nodiscard]] cluster::pod::spec const& spec() const { return pod->spec; }
    [[nodiscard]] converge::key<cluster::pod> key() const { return pod->key(); }
};

using pod_info_ptr = std::shared_ptr<pod_info const>;

} // namespace scheduling
