// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>

#include <cstddef>

namespace converge {

/// How much a store remembers beside what its keys hold now.
///
/// A change is forgotten when `events` younger ones are remembered and it is older than `age`, or
/// when all together take more than `bytes`; the newest revision never is.
struct history_limits {
    std::size_t events = 65'536;
    /// By the clock given to `housekeep`; without one every change counts as old.
    duration age = duration::zero();
    /// Of the objects' content a store that does not encode them knows nothing, and guesses 256
    /// bytes: choose by `events` where objects are large.
    std::size_t bytes = std::size_t{256} << 20;

    history_limits() = default;
};

} // namespace converge
