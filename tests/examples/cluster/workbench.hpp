// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "examples/objects.hpp"

#include <converge/client/client.hpp>
#include <converge/manager/run.hpp>
#include <converge/model/event.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/testing/world.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cluster_test {

using namespace std::chrono_literals;
using converge::task;

/// A few controllers over one store, in virtual time, and a person who does by hand what all
/// others would do.
class workbench {
public:
    explicit workbench(std::uint64_t seed = 1)
        : world_{seed},
          person_{world_.start("person", [] { return idle(); })}
    {}
    workbench(workbench const&) = delete;
    workbench& operator=(workbench const&) = delete;

    template <class... Cs>
    converge::testing::process start(Cs... controllers)
    {
        return world_.start("plane",
                            [this, controllers...] { return converge::run(api, controllers...); });
    }

    /// Does what a person asks, whatever else goes on.
    template <class T>
    T run(task<T> body)
    {
        std::optional<T> value;
        run(put_into(std::move(body), value));
        return std::move(*value);
    }
    void run(task<> body)
    {
        done_ = false;
        failure_ = nullptr;
        world_.spawn(person_, keep(std::move(body)));
        REQUIRE(world_.run_until([this] { return done_; }, 1h) ==
                converge::testing::stop_reason::done);
        if (failure_)
            std::rethrow_exception(failure_);
    }

    template <class R>
    converge::object<R> create(converge::object<R> wanted)
    {
        return *run(api.create(std::move(wanted)));
    }

    /// With its status: what an agent does.
    void add_node(converge::object<cluster::node> wanted)
    {
        auto made = create(wanted);
        made.status = std::move(wanted.status);
        run(api.update_status(made));
    }

    /// As it is now; null if there is none.
    template <class R>
    converge::object_ptr<R> find(converge::key<R> id)
    {
        return run(api.find(std::move(id)));
    }
    template <class R>
    std::vector<converge::object_ptr<R>> all()
    {
        auto const list = run(api.list<R>());
        return {list.begin(), list.end()};
    }

    /// The message of the event about an object; empty if there is none of that reason.
    std::string told(std::string const& name, std::string const& reason)
    {
        for (auto const& each : all<converge::event>())
            if (each->content.involved_object.name == name && each->content.reason == reason)
                return each->content.message;
        return {};
    }

    void pass(converge::duration span) { world_.run_for(span); }

    [[nodiscard]] converge::testing::world& world() noexcept { return world_; }

private:
    static task<> idle() { co_return; }

    template <class T>
    static task<> put_into(task<T> body, std::optional<T>& into)
    {
        into = co_await std::move(body);
    }
    task<> keep(task<> body)
    {
        try {
            co_await std::move(body);
        } catch (...) {
            failure_ = std::current_exception();
        }
        done_ = true;
    }

    converge::memory_store store_;

public:
    converge::client const api{store_};

private:
    converge::testing::world world_;
    converge::testing::process person_;
    bool done_ = false;
    std::exception_ptr failure_;
};

} // namespace cluster_test
