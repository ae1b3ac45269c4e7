// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `controller`: one kind's reconcile loop, as a value.
///
/// `controller<R>` says which coroutine moves an `R` towards what it should be, what makes a key
/// due (`owns`, `watches`, `resync`), and how it is run (`workers`, `backoff`). Nothing happens until `run`
/// of `manager` gets it. A `watch_set` adds and removes watches while it runs, an `event_channel` brings
/// what is no object. `finalizing` is the pattern for cleaning up outside the store.

namespace converge {

template <class R>
class controller;
template <class R>
class event_channel;
template <class R>
class watch_set;
class added_watch;
template <class R>
struct change;

} // namespace converge
