// SPDX-License-Identifier: BSL-1.0
#pragma once

// One thread's dealings with a store, step by step.

#include <converge/core/failure.hpp>
#include <converge/store/any_store.hpp>

#include "gadget.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

/// A call of `next` that is under way, or was.
struct pending_next {
    std::optional<converge::watch_batch> batch;
    std::exception_ptr failure;
    bool done = false;
    boost::asio::cancellation_signal cancel;
};

[[nodiscard]] inline bool aborted(pending_next const& pending)
{
    try {
        if (pending.failure)
            std::rethrow_exception(pending.failure);
    } catch (boost::system::system_error const& thrown) {
        return thrown.code() == boost::asio::error::operation_aborted;
    } catch (converge::error const&) {
        return false;
    }
    return false;
}

inline converge::task<> run_next(converge::task<converge::watch_batch> next,
                                 std::shared_ptr<pending_next> into)
{
    into->batch = co_await std::move(next);
}

template <class T>
converge::task<> keep(converge::task<T> body, std::optional<T>& into)
{
    into = co_await std::move(body);
}

inline converge::task<bool> finished(converge::task<> body)
{
    co_await std::move(body);
    co_return true;
}

/// One thread's dealings with a store.
class session {
public:
    explicit session(converge::any_store store) : store_{std::move(store)} {}

    template <class T>
    T run(converge::task<T> body)
    {
        std::optional<T> value;
        std::exception_ptr failure;
        bool done = false;
        boost::asio::co_spawn(context_, keep(std::move(body), value),
                              [&failure, &done](std::exception_ptr thrown) {
                                  failure = thrown;
                                  done = true;
                              });
        // Not `run`: another coroutine of this session may be waiting for ever.
        while (!done)
            context_.run_one();
        if (failure)
            std::rethrow_exception(failure);
        return std::move(*value);
    }

    void finish(converge::task<> body) { run(finished(std::move(body))); }

    converge::commit_outcome commit(converge::transaction wanted)
    {
        return run(store_.commit(std::move(wanted)));
    }
    converge::revision put(std::string key, int size)
    {
        return commit(store_test::put(std::move(key), size)).at;
    }
    converge::revision erase(std::string key)
    {
        return commit(store_test::erase(std::move(key))).at;
    }
    std::optional<converge::stored> get(std::string key) { return run(store_.get(std::move(key))); }
    converge::list_page list(converge::list_query query)
    {
        return run(store_.list(std::move(query)));
    }
    converge::list_page list(std::string prefix, converge::revision at = {})
    {
        converge::list_query query{std::move(prefix)};
        query.at = at;
        return list(std::move(query));
    }
    converge::revision newest() { return run(store_.newest()); }

    std::unique_ptr<converge::watch_stream> watch(std::string prefix, converge::revision after,
                                                  std::size_t batch_max = 512)
    {
        converge::watch_query query{std::move(prefix), after};
        query.batch_max = batch_max;
        return store_.watch(std::move(query));
    }

    /// Starts a `next` and lets it run as far as it goes without a commit.
    std::shared_ptr<pending_next> start(converge::watch_stream& stream)
    {
        return start(stream.next());
    }
    std::shared_ptr<pending_next> start(converge::task<converge::watch_batch> next)
    {
        auto const pending = std::make_shared<pending_next>();
        boost::asio::co_spawn(context_, run_next(std::move(next), pending),
                              boost::asio::bind_cancellation_slot(
                                  pending->cancel.slot(), [pending](std::exception_ptr thrown) {
                                      pending->failure = thrown;
                                      pending->done = true;
                                  }));
        poll();
        return pending;
    }

    void poll() { context_.poll(); }

    void wait(pending_next const& pending)
    {
        while (!pending.done)
            context_.run_one();
    }

    void cancel(pending_next& pending)
    {
        pending.cancel.emit(boost::asio::cancellation_type::terminal);
        poll();
    }

    /// What `next` gives without waiting; nothing if it waits. @throws what `next` throws.
    std::optional<converge::watch_batch> ready(converge::watch_stream& stream)
    {
        auto const pending = start(stream);
        if (!pending->done) {
            cancel(*pending);
            // A commit of another thread may have come first.
            wait(*pending);
            if (aborted(*pending))
                return std::nullopt;
        }
        if (pending->failure)
            std::rethrow_exception(pending->failure);
        return std::move(pending->batch);
    }

    /// Everything that the stream gives without waiting.
    std::vector<converge::store_event> drain(converge::watch_stream& stream)
    {
        std::vector<converge::store_event> all;
        while (auto batch = ready(stream))
            for (auto& event : batch->events)
                all.push_back(std::move(event));
        return all;
    }

    converge::any_store const& store() const { return store_; }

private:
    converge::any_store store_;
    boost::asio::io_context context_{1};
    // Without it the context ends whenever nothing is under way, which the thread of a store that has
    // just answered may notice late: when the next operation has begun.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy_{
        context_.get_executor()};
};

} // namespace store_test
