// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/work/cause_set.hpp>
#include <converge/work/detail/queue_entry.hpp>

namespace converge {

/// Where a key of a queue is.
enum class key_place {
    absent,
    /// Waits for nothing, and has failed before.
    resting,
    delayed,
    ready,
    processing,
};

/// What a queue knows of a key.
struct key_status {
    key_place at = key_place::absent;
    /// When it becomes ready, if it is delayed.
    instant due{};
    /// Failed attempts since it was last forgotten.
    unsigned attempts = 0;
    /// Of the run that waits.
    cause_set causes{};
    int priority = 0;
};

namespace detail {

template <class Key>
[[nodiscard]] key_status status_of(queue_entry<Key> const& entry)
{
    key_status found;
    switch (entry.place) {
    case queue_place::resting: found.at = key_place::resting; break;
    case queue_place::delayed: found.at = key_place::delayed; break;
    case queue_place::ready: found.at = key_place::ready; break;
    case queue_place::processing: found.at = key_place::processing; break;
    }
    if (entry.place == queue_place::delayed)
        found.due = entry.times.due;
    found.attempts = entry.attempts;
    found.causes = entry.causes;
    found.priority = entry.priority;
    return found;
}

} // namespace detail

} // namespace converge
