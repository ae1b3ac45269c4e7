// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/work/cause_set.hpp>
#include <converge/work/detail/due_times.hpp>
#include <converge/work/detail/key_table.hpp>
#include <converge/work/detail/ready_levels.hpp>
#include <converge/work/detail/saturating.hpp>
#include <converge/work/detail/tenants.hpp>

#include <cstdint>
#include <limits>

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
    union {
        /// While ready.
        fifo_hook<queue_entry> link;
        /// While delayed, or processing with `next_run == at_due`.
        due_times times;
    };
    cause_set causes{};
    /// When the running attempt's backoff ends; meaningful while `attempts` is not zero.
    instant retry_deadline{};
    /// Null if the queue has no tenants.
    tenant* of = nullptr;
    unsigned attempts = 0;
    /// Of the run that waits.
    int priority = 0;
    /// Of the run in progress.
    int running_priority = 0;
    std::uint32_t heap_position = 0;
    queue_place place = queue_place::resting;
    queue_next next_run = queue_next::nothing;

    // By hand, for the union's sake.
    queue_entry() noexcept(noexcept(Key{})) : link{} {}

    /// Whether a run waits that needs no time to come.
    [[nodiscard]] bool wanted_now() const noexcept
    {
        return place == queue_place::ready ||
               (place == queue_place::processing && next_run == queue_next::at_once);
    }

    /// Whether a run waits for its time.
    [[nodiscard]] bool wanted_later() const noexcept
    {
        return place == queue_place::delayed ||
               (place == queue_place::processing && next_run == queue_next::at_due);
    }

    /// The run that waited is not to be.
    void forget_run()
    {
        causes = cause_set{};
        next_run = queue_next::nothing;
    }

    /// Counts a run that failed at `now`, if it was an attempt. @returns when the next one is due.
    [[nodiscard]] instant fail(instant now, duration delay) noexcept
    {
        if (attempts != 0 && now < retry_deadline)
            return retry_deadline;
        if (attempts != std::numeric_limits<unsigned>::max())
            ++attempts;
        return retry_deadline = later(now, delay);
    }
};

} // namespace converge::detail
