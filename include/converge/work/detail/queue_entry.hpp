// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/work/cause_set.hpp>
#include <converge/work/detail/due_heap.hpp>
#include <converge/work/detail/key_table.hpp>
#include <converge/work/detail/priority_fifo.hpp>

#include <cstdint>

namespace converge::detail {

enum class queue_place : std::uint8_t {
    /// Waits for nothing; kept for its attempts only.
    resting,
    /// In the heap.
    delayed,
    /// In the lists.
    ready,
    /// Held by a worker; `next_run` says what follows.
    processing,
};

/// What a processed entry becomes when its worker is done.
enum class queue_next : std::uint8_t { nothing, at_due, at_once };

/// All that a `keyed_queue` knows of one key.
template <class Key>
struct queue_entry : keyed_entry<Key> {
    fifo_hook<queue_entry> link{};
    /// While processing with `next_run == at_due`, `hook.due` holds the time to come.
    due_hook hook{};
    cause_set causes{};
    /// When the running attempt's backoff ends; meaningful while `attempts` is not zero.
    instant retry_deadline{};
    unsigned attempts = 0;
    /// Of the run that waits.
    int priority = 0;
    /// Of the run in progress.
    int running_priority = 0;
    queue_place place = queue_place::resting;
    queue_next next_run = queue_next::nothing;

    /// Whether a run waits that new causes can merge with.
    [[nodiscard]] bool waiting() const noexcept
    {
        return place == queue_place::processing ? next_run != queue_next::nothing
                                                : place != queue_place::resting;
    }
};

} // namespace converge::detail
