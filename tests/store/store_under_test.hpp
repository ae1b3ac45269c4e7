// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of this folder share: one suite over every store, driven step by step.

#include <converge/store/any_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

struct gadget {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Gadget"};
    struct spec {
        int size = 0;
        std::string colour;
    };
};
BOOST_DESCRIBE_STRUCT(gadget::spec, (), (size, colour))

/// One store that the suite runs over. Derive from it and add it to `store_kinds` to join.
class store_under_test {
public:
    store_under_test() = default;
    store_under_test(store_under_test const&) = delete;
    store_under_test& operator=(store_under_test const&) = delete;
    virtual ~store_under_test() = default;

    virtual converge::any_store store() = 0;
    virtual void compact(converge::revision begin) = 0;
    /// Where the history window begins.
    virtual converge::revision compacted() = 0;
};

struct store_kind {
    char const* name;
    /// Opens an empty store whose history holds about that many events.
    std::unique_ptr<store_under_test> (*open)(std::size_t history_events);
};

std::vector<store_kind> store_kinds();

/// Calls `body(store)` with a new store of every kind.
template <class Body>
void for_every_store(Body body, std::size_t history_events = 65'536)
{
    for (auto const& kind : store_kinds()) {
        INFO("store: ", kind.name);
        auto const opened = kind.open(history_events);
        body(*opened);
    }
}

[[nodiscard]] inline converge::draft_object make_gadget(int size)
{
    auto made = std::make_shared<converge::object<gadget>>("gadget");
    made->spec.size = size;
    return {converge::type_of<gadget>(), std::move(made)};
}

[[nodiscard]] inline int size_of(converge::any_object const& value)
{
    return value.as<gadget>()->spec.size;
}

[[nodiscard]] inline converge::transaction put(std::string key, int size,
                                               converge::lease_id lease = converge::lease_id::none)
{
    converge::transaction write;
    write.put(std::move(key), make_gadget(size), lease);
    return write;
}

[[nodiscard]] inline converge::transaction erase(std::string key)
{
    converge::transaction write;
    write.erase(std::move(key));
    return write;
}

/// A call of `next` that is under way.
struct pending_next {
    std::optional<converge::watch_batch> batch;
    std::exception_ptr failure;
    bool done = false;
    boost::asio::cancellation_signal cancel;
};

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
        context_.restart();
        // Not `run`: another coroutine of this session may be waiting for ever.
        while (!done)
            context_.run_one();
        if (failure)
            std::rethrow_exception(failure);
        return std::move(*value);
    }

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
        auto const pending = std::make_shared<pending_next>();
        boost::asio::co_spawn(context_, run_next(stream.next(), pending),
                              boost::asio::bind_cancellation_slot(
                                  pending->cancel.slot(), [pending](std::exception_ptr thrown) {
                                      pending->failure = thrown;
                                      pending->done = true;
                                  }));
        poll();
        return pending;
    }

    void poll()
    {
        context_.restart();
        context_.poll();
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
            REQUIRE(pending->done);
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
};

/// Whether `body` throws an `error` of that code.
template <class Body>
bool fails_with(converge::errc code, Body body)
{
    try {
        body();
    } catch (converge::error const& thrown) {
        return thrown.is(code);
    }
    return false;
}

} // namespace store_test
