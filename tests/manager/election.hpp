// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of leadership share: replicas that compete in a world, each with a line of its
// own that can be cut and that notes what it was asked for.

#include <controller/simulation.hpp>

#include <converge/async/race.hpp>
#include <converge/manager/leader_election.hpp>
#include <converge/manager/run.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace control_test {

using converge::duration;
using converge::instant;
using converge::leader_election;
using converge::run_options;

[[nodiscard]] inline leader_election of_sites(std::string identity = {})
{
    return leader_election{"sites", converge::default_namespace, std::move(identity)};
}

/// A way to an api that is noted, and that falls silent when it is told to.
class noted_line final : public converge::transport {
public:
    struct deed {
        std::string what;
        instant at{};
    };

    explicit noted_line(std::shared_ptr<converge::transport> to) : to_{std::move(to)} {}

    [[nodiscard]] task<converge::response> send(converge::request asked) override
    {
        std::string const what =
            std::string{to_string(asked.what())} + " " + asked.type().kind.kind.data();
        auto const asked_at = co_await converge::now();
        deeds.push_back({what, asked_at});
        auto const slow = delays.find(what);
        if (slow != delays.end())
            co_await converge::sleep_for(slow->second);
        if (silent)
            co_await converge::sleep_for(24h);
        if (failing)
            throw converge::error{converge::errc::unavailable, "the line is down"};
        auto answer = co_await to_->send(std::move(asked));
        if (loses == what) {
            loses.clear();
            throw converge::error{converge::errc::timed_out, "the answer is lost"};
        }
        auto const answered_at = co_await converge::now();
        done.push_back({what, answered_at});
        co_return answer;
    }

    [[nodiscard]] std::unique_ptr<converge::watch_stream>
    watch(converge::watch_request asked) override
    {
        return std::make_unique<noted_watch>(*this, asked.type().kind.kind.data(),
                                             to_->watch(std::move(asked)));
    }

    [[nodiscard]] task<> housekeep(converge::logger log) override
    {
        ending const here{*this, "housekeep"};
        co_await to_->housekeep(std::move(log));
        // A network's own: somebody else does it.
        converge::wake never;
        co_await never.wait();
    }

    /// When the first, or the last, deed of that kind was; nothing if none was.
    [[nodiscard]] static std::optional<std::size_t> first(std::vector<deed> const& in,
                                                          std::string_view what)
    {
        for (std::size_t i = 0; i != in.size(); ++i)
            if (in[i].what == what)
                return i;
        return std::nullopt;
    }
    [[nodiscard]] static std::optional<std::size_t> last(std::vector<deed> const& in,
                                                         std::string_view what)
    {
        for (std::size_t i = in.size(); i != 0; --i)
            if (in[i - 1].what == what)
                return i - 1;
        return std::nullopt;
    }

    void note_end(std::string what) { deeds.push_back({"end of " + what, {}}); }

    /// What was asked for, and what ended, in order.
    std::vector<deed> deeds;
    /// What was answered.
    std::vector<deed> done;
    std::map<std::string, duration> delays;
    bool silent = false;
    bool failing = false;
    /// The next answer to this is lost, though it is done.
    std::string loses;

private:
    class ending {
    public:
        ending(noted_line& in, std::string what) : in_{in}, what_{std::move(what)} {}
        ending(ending const&) = delete;
        ending& operator=(ending const&) = delete;
        ~ending() { in_.note_end(what_); }

    private:
        noted_line& in_;
        std::string what_;
    };

    class noted_watch final : public converge::watch_stream {
    public:
        noted_watch(noted_line& on, std::string kind, std::unique_ptr<converge::watch_stream> from)
            : on_{on},
              end_{on, "watch " + std::move(kind)},
              from_{std::move(from)}
        {}
        [[nodiscard]] task<converge::watch_batch> next() override
        {
            auto batch = co_await from_->next();
            if (on_.silent)
                co_await converge::sleep_for(24h);
            if (on_.failing)
                throw converge::error{converge::errc::unavailable, "the line is down"};
            co_return batch;
        }
        [[nodiscard]] converge::revision through() const override { return from_->through(); }

    private:
        noted_line& on_;
        ending end_;
        std::unique_ptr<converge::watch_stream> from_;
    };

    std::shared_ptr<converge::transport> to_;
};

/// One that competes. Belongs to a `contest`.
class replica {
public:
    replica(simulation& in, std::string named)
        : name{std::move(named)},
          line{std::make_shared<noted_line>(in.connect().through())},
          sim_{in},
          leads_{metrics->gauge("converge_leader", "", {{"name", "sites"}})}
    {}

    [[nodiscard]] client connect() const { return client{line}; }
    [[nodiscard]] converge::control_context context() const
    {
        return converge::control_context{}.measured_by(metrics).draining_for(grace);
    }
    [[nodiscard]] run_options options(leader_election how) const
    {
        return run_options{context()}.electing(std::move(how));
    }
    [[nodiscard]] bool is_leader() const { return leads_.value() == 1; }
    /// Reconciles of sites in progress.
    [[nodiscard]] double active() const
    {
        return metrics->gauge("converge_reconciles_active", "", {{"controller", "site"}}).value();
    }

    template <class... Cs>
    void start(run_options how, Cs... controllers)
    {
        process = sim_.world.start(name, [this, how, controllers...] {
            return watch(converge::until(stopped(), converge::run(connect(), how, controllers...)));
        });
    }
    void start(controller<site> one) { start(options(of_sites(name)), std::move(one)); }

    /// As a person who stops it.
    void stop() { stop_.notify_all(); }
    void kill() { sim_.world.kill(*process); }

    /// Goes on until it leads. @returns when.
    instant wait_leads(duration limit = 10min)
    {
        REQUIRE(sim_.world.run_until([this] { return is_leader(); }, limit) == stop_reason::done);
        return sim_.world.now();
    }
    /// Goes on until its task has ended. @returns when.
    instant wait_ended(duration limit = 1h)
    {
        REQUIRE(sim_.world.run_until([this] { return ended_at.has_value(); }, limit) ==
                stop_reason::done);
        return *ended_at;
    }

    std::string const name;
    std::shared_ptr<converge::metrics_registry> const metrics =
        std::make_shared<converge::metrics_registry>();
    std::shared_ptr<noted_line> const line;
    duration grace = 10s;
    std::optional<converge::testing::process> process;
    std::optional<instant> ended_at;
    std::exception_ptr failure;

private:
    task<> stopped() { co_await stop_.wait(); }

    task<> watch(task<> body)
    {
        try {
            co_await std::move(body);
        } catch (...) {
            failure = std::current_exception();
        }
        ended_at = co_await converge::now();
    }

    simulation& sim_;
    converge::gauge leads_;
    converge::wake stop_;
};

/// Replicas over one api, which ends leases.
class contest {
public:
    explicit contest(std::uint64_t seed, std::optional<network_weather> weather = {})
        : sim{seed, weather}
    {
        if (!weather)
            sim.world.start("server", [this] { return sim.server->housekeep(); });
    }

    replica& add(std::string name)
    {
        return *replicas_.emplace_back(std::make_unique<replica>(sim, std::move(name)));
    }

    [[nodiscard]] converge::object_ptr<converge::lease> lease()
    {
        return sim.run(sim.person.find(of_sites().held_by()));
    }

private:
    // What runs in the world uses them.
    std::vector<std::unique_ptr<replica>> replicas_;

public:
    simulation sim;
};

/// Calls `body(contest&)` for many seeds: every second one with a network between, and every third
/// with timers that ring late.
template <class Body>
void each_contest(std::uint64_t seeds, Body body)
{
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        CAPTURE(seed);
        std::optional<network_weather> weather;
        if (seed % 2 == 1)
            weather.emplace();
        contest among{seed, weather};
        if (seed % 3 == 2)
            among.sim.world.delay_timers(100ms);
        body(among);
    }
}

} // namespace control_test
