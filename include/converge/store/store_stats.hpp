// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/revision.hpp>

#include <cstddef>

namespace converge {

/// What a store holds at one moment.
struct store_stats {
    std::size_t keys = 0;
    /// Erased keys that the history still knows.
    std::size_t erased_keys = 0;
    std::size_t history_events = 0;
    std::size_t history_bytes = 0;
    revision newest{};
    /// Where the history window begins.
    revision compacted{};
    std::size_t watches = 0;
    /// Of the watches, those that wait for a change.
    std::size_t waiting_watches = 0;
    std::size_t leases = 0;

    store_stats() = default;
};

} // namespace converge
