// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/store/detail/memory_state.hpp>
#include <converge/store/detail/watch_registry.hpp>
#include <converge/store/watch.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <utility>

namespace converge::detail {

/// Ends the wait of a watcher however the coroutine that waits is left: cancelled or destroyed.
class armed_scope {
public:
    armed_scope(memory_state& state, std::shared_ptr<watcher> waiting)
        : state_{state},
          waiting_{std::move(waiting)}
    {}
    armed_scope(armed_scope const&) = delete;
    armed_scope& operator=(armed_scope const&) = delete;
    ~armed_scope() { state_.disarm(*waiting_); }

private:
    memory_state& state_;
    std::shared_ptr<watcher> waiting_;
};

/// Between reading a batch and handing it out nothing is awaited, so that a cancellation comes
/// either before the cursor moves or after the caller has the batch.
inline task<watch_batch> next_batch(memory_state& state, std::shared_ptr<watcher> reader)
{
    armed_scope const scope{state, reader};
    watch_batch batch;
    while (true) {
        auto const seen = state.pull(*reader, batch);
        if (seen == found::events)
            break;
        if (seen == found::closed)
            throw boost::system::system_error{boost::asio::error::operation_aborted};
        if (seen == found::nothing_yet)
            co_await reader->changed.wait();
    }
    co_return std::move(batch);
}

class memory_watch final : public watch_stream {
public:
    memory_watch(memory_state& state, watch_query query)
        : state_{state},
          self_{std::make_shared<watcher>(std::move(query))}
    {
        state_.open(*self_);
    }
    memory_watch(memory_watch const&) = delete;
    memory_watch& operator=(memory_watch const&) = delete;
    ~memory_watch() override { state_.close(*self_); }

    task<watch_batch> next() override { return next_batch(state_, self_); }

    revision through() const override { return state_.through(*self_); }

private:
    memory_state& state_;
    std::shared_ptr<watcher> self_;
};

} // namespace converge::detail
