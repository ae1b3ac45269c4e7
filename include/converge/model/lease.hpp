// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/kind_name.hpp>
#include <converge/core/time.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>

namespace converge {

/// Who leads, until when: one holder at a time renews it, others take it over when it was not
/// renewed for its duration. Empty `holder_identity` is a lease that nobody holds.
struct lease {
    static constexpr kind_name kind{"coordination.k8s.io/v1", "Lease"};

    struct spec {
        std::string holder_identity{};
        int lease_duration_seconds = 0;
        std::optional<timestamp> acquire_time{};
        std::optional<timestamp> renew_time{};
        /// How often the holder changed.
        int lease_transitions = 0;

        friend bool operator==(spec const&, spec const&) = default;
    };
};
BOOST_DESCRIBE_STRUCT(lease::spec, (),
                      (holder_identity, lease_duration_seconds, acquire_time, renew_time,
                       lease_transitions))

} // namespace converge
