// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of controllers and control planes share: kinds, a journal of what a reconciler
// did, and a world with a store in it, in which control planes run and people type.

#include <converge/api/api.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>
#include <converge/observe/metrics_registry.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/testing/simulated_network.hpp>
#include <converge/testing/world.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace control_test {

using namespace std::chrono_literals;
using converge::client;
using converge::controller;
using converge::object;
using converge::outcome;
using converge::task;
using converge::view;
using converge::testing::network_weather;
using converge::testing::process;
using converge::testing::stop_reason;

struct site {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Site"};
    struct spec {
        int pages = 1;
        std::string theme{};
    };
    struct status {
        int ready = 0;
    };
};
BOOST_DESCRIBE_STRUCT(site::spec, (), (pages, theme))
BOOST_DESCRIBE_STRUCT(site::status, (), (ready))

struct page {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Page"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(page::spec, (), (number))

struct theme {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Theme"};
    static constexpr converge::scope scope = converge::scope::cluster;
    struct spec {
        std::string colour{};
        std::string used_by{};
    };
};
BOOST_DESCRIBE_STRUCT(theme::spec, (), (colour, used_by))

[[nodiscard]] inline object<site> site_named(std::string name, int pages = 1)
{
    object<site> made{std::move(name)};
    made.spec.pages = pages;
    return made;
}

[[nodiscard]] inline converge::key<site> site_key(std::string name)
{
    return converge::key<site>{std::move(name)};
}

[[nodiscard]] inline object<page> page_of(object<site> const& owner, std::string name)
{
    object<page> made{std::move(name)};
    made.metadata.owner_references.push_back(converge::controller_reference(owner));
    return made;
}

template <class R>
[[nodiscard]] std::string name_of(object<R> const& of)
{
    return of.metadata.name;
}

/// Up to `longest`, by chance.
inline task<> pause(converge::duration longest)
{
    auto const where = co_await converge::this_coro::executor;
    auto const share = converge::random_of(where).unit("test.pause");
    co_await converge::sleep_for(converge::testing::detail::part_of(longest, share));
}

/// What reconcilers did. Belongs to the test, and so survives crashes.
class journal {
public:
    struct run {
        std::string name;
        converge::instant at{};
        int pages = 0;
    };

    /// Notes a run, from its making to its end.
    class entry {
    public:
        entry(journal& in, object<site> const& of, converge::instant at)
            : in_{in},
              name_{of.metadata.name}
        {
            in_.runs.push_back({name_, at, of.spec.pages});
            in_.most_at_once = std::max(in_.most_at_once, ++in_.active_);
            in_.most_of_one = std::max(in_.most_of_one, ++in_.active_by_name_[name_]);
        }
        entry(entry const&) = delete;
        entry& operator=(entry const&) = delete;
        ~entry()
        {
            --in_.active_;
            --in_.active_by_name_[name_];
        }

    private:
        journal& in_;
        std::string name_;
    };

    [[nodiscard]] std::size_t count(std::string const& name) const { return times(name).size(); }
    [[nodiscard]] std::vector<converge::instant> times(std::string const& name) const
    {
        std::vector<converge::instant> found;
        for (auto const& each : runs)
            if (each.name == name)
                found.push_back(each.at);
        return found;
    }
    /// The pages that the last run of a site saw.
    [[nodiscard]] int last_seen(std::string const& name) const
    {
        int seen = -1;
        for (auto const& each : runs)
            if (each.name == name)
                seen = each.pages;
        return seen;
    }
    [[nodiscard]] int active() const noexcept { return active_; }

    std::vector<run> runs;
    int most_at_once = 0;
    int most_of_one = 0;

private:
    int active_ = 0;
    std::map<std::string, int> active_by_name_;
};

/// Takes a random time of up to `longest`, and is content.
inline task<outcome> note(journal& seen, object<site> of, converge::duration longest = {})
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    if (longest != converge::duration::zero())
        co_await pause(longest);
    co_return converge::settled();
}

/// A site controller that only notes. `seen` must outlive it.
[[nodiscard]] inline controller<site> noting(journal& seen, converge::duration longest = {})
{
    return {
        [&seen, longest](client, object<site> of) { return note(seen, std::move(of), longest); }};
}

/// A way to an api that can be cut: lists fail, and watches fall behind with the next change.
class frail_line final : public converge::transport {
public:
    explicit frail_line(std::shared_ptr<converge::transport> to) : to_{std::move(to)} {}

    [[nodiscard]] task<converge::response> send(converge::request asked) override
    {
        bool const lists = asked.what() == converge::verb::list;
        if (lists)
            ++list_count[asked.type().collection];
        if (lists && list_delay.contains(asked.type().collection))
            co_await converge::sleep_for(list_delay[asked.type().collection]);
        if (lists && cut)
            throw converge::error{converge::errc::unavailable, "the line is cut"};
        co_return co_await to_->send(std::move(asked));
    }
    [[nodiscard]] std::unique_ptr<converge::watch_stream>
    watch(converge::watch_request asked) override
    {
        return std::make_unique<frail_watch>(*this, to_->watch(std::move(asked)));
    }

    bool cut = false;
    /// How often a collection was listed.
    std::map<std::string, int> list_count;
    int open_watches = 0;
    /// How long lists of a collection take.
    std::map<std::string, converge::duration> list_delay;

private:
    class frail_watch final : public converge::watch_stream {
    public:
        frail_watch(frail_line& on, std::unique_ptr<converge::watch_stream> from)
            : on_{on},
              from_{std::move(from)}
        {
            ++on_.open_watches;
        }
        ~frail_watch() override { --on_.open_watches; }
        [[nodiscard]] task<converge::watch_batch> next() override
        {
            auto batch = co_await from_->next();
            if (on_.cut)
                throw converge::error{converge::errc::gone, "the line is cut"};
            co_return batch;
        }
        [[nodiscard]] converge::revision through() const override { return from_->through(); }

    private:
        frail_line& on_;
        std::unique_ptr<converge::watch_stream> from_;
    };

    std::shared_ptr<converge::transport> to_;
};

/// One store, one api, and a world in which control planes run over them.
class simulation {
public:
    /// Control planes reach the api in process, or through a network if there is `weather`.
    explicit simulation(std::uint64_t seed, std::optional<network_weather> weather = {})
        : server{std::make_shared<converge::api>(store)},
          line{std::make_shared<frail_line>(server)},
          world{seed},
          person_{world.start("person", [] { return idle(); })}
    {
        if (!weather)
            return;
        network.emplace(world, line, *std::move(weather));
        world.start("server", [this] { return server->housekeep(); });
    }
    simulation(simulation const&) = delete;
    simulation& operator=(simulation const&) = delete;

    /// A client as a control plane has it.
    [[nodiscard]] client connect()
    {
        return client{network ? network->connect() : std::shared_ptr<converge::transport>{line}};
    }

    template <class... Cs>
    process start(converge::control_context context, Cs... controllers)
    {
        return world.start("plane", [this, context, controllers...] {
            return converge::run(connect(), context, controllers...);
        });
    }
    template <class R, class... Cs>
    process start(controller<R> first, Cs... others)
    {
        return start(plain(), std::move(first), std::move(others)...);
    }

    /// Does what a person asks, beside everything else that goes on.
    void run(task<> body)
    {
        done_ = false;
        failure_ = nullptr;
        world.spawn(person_, keep(std::move(body)));
        REQUIRE(world.run_until([this] { return done_; }, 1h) == stop_reason::done);
        if (failure_)
            std::rethrow_exception(failure_);
    }
    template <class T>
    T run(task<T> body)
    {
        std::optional<T> value;
        run(put(std::move(body), value));
        return std::move(*value);
    }

    /// Lets a person do something that takes its time.
    void begin(task<> body) { world.spawn(person_, std::move(body)); }

    /// Goes on until nothing is left to do.
    void settle(converge::duration limit = 24h)
    {
        REQUIRE(world.run_for(limit) == stop_reason::quiet);
    }

    template <class R>
    [[nodiscard]] std::vector<converge::object_ptr<R>> all()
    {
        auto const list = run(person.list<R>());
        return {list.begin(), list.end()};
    }

    /// Measures are kept here unless a test has a context of its own.
    std::shared_ptr<converge::metrics_registry> const metrics =
        std::make_shared<converge::metrics_registry>();

    [[nodiscard]] std::uint64_t results(std::string result) const
    {
        return metrics
            ->counter("converge_reconciles_total", "",
                      {{"controller", "site"}, {"result", std::move(result)}})
            .value();
    }
    [[nodiscard]] double active() const
    {
        return metrics->gauge("converge_reconciles_active", "", {{"controller", "site"}}).value();
    }
    [[nodiscard]] converge::control_context plain() const
    {
        return converge::control_context{}.measured_by(metrics);
    }

    converge::memory_store store;
    std::shared_ptr<converge::api> const server;
    std::shared_ptr<frail_line> const line;
    converge::testing::world world;
    std::optional<converge::testing::simulated_network> network;
    client const person{server};

private:
    static task<> idle() { co_return; }

    template <class T>
    static task<> put(task<T> body, std::optional<T>& into)
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

    process person_;
    bool done_ = false;
    std::exception_ptr failure_;
};

/// Calls `body(simulation&)` for many seeds: every second one with a network between.
template <class Body>
void each_seed(std::uint64_t seeds, Body body)
{
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        CAPTURE(seed);
        std::optional<network_weather> weather;
        if (seed % 2 == 1)
            weather.emplace();
        simulation sim{seed, weather};
        body(sim);
    }
}

} // namespace control_test
