// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <string_view>

namespace converge {

/// What happens to the keys that are ready when a queue stops.
enum class stop_mode {
    /// They are forgotten: whoever starts next reconciles every key anyway.
    drop,
    /// They are still handed out, and so are those marked again while being processed.
    drain,
};

/// What a time given for a key does to the time that the key has already.
enum class delay_mode {
    /// The earlier of both counts.
    earliest,
    /// The new one counts, be it sooner or later.
    replace,
};

/// How a `keyed_queue` shares its takes between priorities and, in each of them, between tenants.
///
/// @par Bound of priorities  Let N be `yield_every`, and L the number of priorities that have ready
/// keys at some moment. Each of them is served within the next L × N takes, if it still has a key
/// then: while several have, one take in N goes to the one that was not served for the longest time.
/// Whichever is preferred to it has waited since before it was served last, or became ready, and is
/// not preferred any more once it was served itself: so no more than L - 1 are.
/// A key with k keys before it in its priority is hence taken within (k + 1) × L × N takes of
/// becoming ready or of being raised, L being the most there are meanwhile; below one priority
/// that always has keys, within (k + 1) × N. Takes are counted; no clock has a say in it.
///
/// @par Bound of tenants  A key with j keys of its tenant before it in its priority, the tenant's
/// weight being w and that of all others together W, has at most j + (j / w + 1) × W keys before
/// it: k is not more than that, however many keys the other tenants have, or add. The
/// single key of a tenant waits for one round at most.
template <class Key>
struct queue_options {
    /// While keys of several priorities are ready, one take in this many goes to the priority that
    /// was not served for the longest time, the others to the highest. With 1 they take turns;
    /// with 0 a lower priority waits for as long as a higher one has keys.
    unsigned yield_every = 8;

    /// The fairness key of a key: its tenant, as a part of it (its namespace, say). Within one
    /// priority tenants take turns, so that one with many keys does not delay the others. Called
    /// once when the queue begins to know a key, not for each add or take; the view is not kept. Must
    /// not throw.
    /// Unset, which costs nothing: all keys are alike.
    std::function<std::string_view(Key const&)> tenant_of{};

    /// How many takes in a row the turn of a tenant lasts, if it has that many keys; 0 counts
    /// as 1. Called when the queue begins to know a tenant; must not throw. Unset: 1 for each.
    std::function<unsigned(std::string_view)> weight_of{};

    /// Not an aggregate, so that it may be passed in awaited expressions.
    queue_options() {}
};

} // namespace converge
