// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/work/cause_set.hpp>

#include <cstdint>

namespace converge {

/// A key that a queue handed out, to process now.
template <class Key>
struct taken_key {
    Key key{};
    cause_set causes{};
    int priority = 0;
    /// Failed attempts before this run: the argument of `backoff_policy::delay`.
    unsigned attempt = 0;
    /// Of the key, spread: spares who looks it up in tables of the same hash to find it again.
    std::uint32_t hash = 0;

    /// Not an aggregate, so that it may be moved about in awaited expressions.
    taken_key() = default;
};

} // namespace converge
