// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/client.hpp>
#include <converge/client/write_log.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/key.hpp>
#include <converge/core/time.hpp>
#include <converge/work/queue.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace converge::detail {

/// One of the workers of a controller: what it has in hand. Kept from run to run, so that a run
/// allocates nothing of its own.
struct worker {
    explicit worker(client through)
        : writes{std::make_shared<write_log>()},
          api{std::move(through).noting(writes)}
    {}

    /// Empties the log for the next run. The reconciler may have kept a client, which still writes
    /// to the old one.
    void renew_log()
    {
        // Its own and the client's: a client made of that one, or a request under way, has another.
        constexpr long its_own = 2;
        if (api.is_only_copy() && writes.use_count() == its_own) {
            writes->clear();
            return;
        }
        writes = std::make_shared<write_log>();
        api = api.noting(writes);
    }

    keyed_queue<object_key>::taken next;
    any_object object;
    /// What the run in hand wrote through `api`.
    std::shared_ptr<write_log> writes;
    client api;
    /// Cancels what it awaits.
    std::function<void()> interrupt;
    instant began{};
    bool running = false;
    /// Its run took too long and was cancelled.
    bool overdue = false;
};

} // namespace converge::detail
