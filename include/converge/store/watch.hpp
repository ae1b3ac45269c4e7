// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/revision.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// One change of one key.
struct store_event {
    std::string key;
    /// What the key holds now; empty if it was erased.
    any_object current;
    /// What it held before; empty if it was created.
    any_object previous;
    revision at{};

    store_event() = default;
    store_event(std::string of, any_object now, any_object before, revision when)
        : key{std::move(of)}, current{std::move(now)}, previous{std::move(before)}, at{when}
    {
    }
};

/// What a watch delivers at once: the events of whole revisions, in order.
struct watch_batch {
    std::vector<store_event> events;
    /// The watch has delivered everything up to here: the place to resume from.
    revision through{};

    watch_batch() = default;
};

/// Asks for every change under a prefix (or of exactly that key) after a revision.
struct watch_query {
    /// Empty or ending with '/': every key beneath it. Any other: exactly that key.
    std::string prefix;
    /// Delivers what was committed later than this.
    revision after{};
    /// The most events in a batch, whole revisions all the same.
    std::size_t batch_max = 512;
    /// Leaves out changes that a later one in the same batch has overtaken, and keys that came and
    /// went in it: for readers of states, not of changes. An event's `previous` is what the key
    /// held when the batch before ended, so batches keep order, and each leads from the state at
    /// the place before it to the state at its own.
    bool latest_only = false;

    watch_query(std::string of, revision since) : prefix{std::move(of)}, after{since} {}
};

/// A cursor over the changes of a store; holds nothing but its place.
///
/// Destroying it ends the watch. One coroutine at a time may await `next`.
class watch_stream {
public:
    virtual ~watch_stream() = default;

    /// Waits for changes and returns them; events are never empty, in revision order, without
    /// gaps or repeats, a revision never split over two batches.
    /// @throws errc::gone, once and for ever, if the place has left the history window: list
    ///         again. operation_aborted on cancellation.
    /// @par Cancellation  Nothing was consumed.
    [[nodiscard]] virtual task<watch_batch> next() = 0;

    /// The revision up to which everything was delivered.
    [[nodiscard]] virtual revision through() const = 0;
};

} // namespace converge
