// SPDX-License-Identifier: BSL-1.0

// Two replicas of one control plane, so that one can fail. Only the one that holds a lease works;
// when it falls silent the other takes over. What a former leader sent and what arrives too late is
// refused where it is committed: two may believe to lead for a moment, but only one writes.

#include <converge/converge.hpp>

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace std::chrono_literals;

struct lamp {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Lamp"};
    struct spec {
        std::string colour;
    };
    struct status {
        std::string lit_by;
    };
};
BOOST_DESCRIBE_STRUCT(lamp::spec, (), (colour))
BOOST_DESCRIBE_STRUCT(lamp::status, (), (lit_by))

// The way from a replica to the api. Over one that is broken nothing gets through.
class line final : public converge::transport {
public:
    explicit line(std::shared_ptr<converge::transport> to) : to_{std::move(to)} {}

    converge::task<converge::response> send(converge::request asked) override
    {
        while (broken)
            co_await converge::sleep_for(10ms);
        co_return co_await to_->send(std::move(asked));
    }
    std::unique_ptr<converge::watch_stream> watch(converge::watch_request asked) override
    {
        return to_->watch(std::move(asked));
    }
    converge::task<> housekeep(converge::logger log) override { return to_->housekeep(log); }

    bool broken = false;

private:
    std::shared_ptr<converge::transport> to_;
};

struct replica {
    explicit replica(std::string called, converge::client const& api)
        : name{std::move(called)},
          way{std::make_shared<line>(api.through())}
    {}

    std::string name;
    std::shared_ptr<line> way;
    converge::wake stop;
    converge::wake stopped;
    // Of its last term: what its writes stand on.
    std::shared_ptr<converge::write_fence const> fence;
};

converge::task<converge::outcome> light(replica& self, converge::client api,
                                        converge::object<lamp> of)
{
    self.fence = api.term()->fence();
    of.status.lit_by = self.name;
    co_await api.update_status(of);
    co_return converge::settled();
}

// One replica, until it is stopped. In production these are processes on several machines, and the
// spans are those of the defaults: 15, 5 and 10 seconds.
converge::task<> serve(replica& self)
{
    converge::controller<lamp> const lamps{
        [&self](converge::client api, converge::object<lamp> of) {
            return light(self, std::move(api), std::move(of));
        }};
    auto election = converge::leader_election{"lamps", "default", self.name}
                        .lasting(1200ms)
                        .renewing_every(100ms)
                        .giving_up_after(800ms);
    auto how = converge::run_options{}.electing(std::move(election));
    converge::client const api{self.way};
    co_await converge::until(self.stop.wait(), converge::run(api, std::move(how), lamps));
    std::printf("  %s has stopped, and given its lease back\n", self.name.c_str());
    self.stopped.notify_one();
}

converge::task<> wait_lit(converge::client api, std::string who)
{
    std::function<bool(converge::object<lamp> const&)> const lit_by_it =
        [&who](converge::object<lamp> const& of) { return of.status.lit_by == who; };
    co_await api.wait_until(converge::key<lamp>{"porch"}, lit_by_it);
    std::printf("  the lamp is lit by %s\n", who.c_str());
}

// A write that `of` sent in its last term, and that arrives only now.
converge::task<> arrive_late(converge::client api, replica& of)
{
    converge::object<lamp> claim{"porch"};
    claim.status.lit_by = of.name;
    auto const fenced = converge::write_options{}.fenced_by(of.fence);
    std::optional<converge::failure> refused;
    try {
        co_await api.update_status(claim, fenced);
    } catch (converge::error const& failed) {
        refused = failed.reason();
    }
    std::printf("  a late write of %s: %s\n", of.name.c_str(),
                refused ? refused->code.message().c_str() : "it landed!");
}

converge::task<> scenario(converge::client api, replica& first, replica& second)
{
    std::puts("two replicas start, first a moment earlier");
    converge::object<lamp> const porch{"porch"};
    co_await api.create(porch);
    co_await wait_lit(api, "first");

    std::puts("the line of first breaks: it stops by itself, and when its lease has ended");
    first.way->broken = true;
    co_await wait_lit(api, "second");
    // Why this matters: first may have sent something before, which is still under way.
    co_await arrive_late(api, first);

    std::puts("the line is mended, and second is stopped for an update");
    first.way->broken = false;
    second.stop.notify_one();
    co_await second.stopped.wait();
    co_await wait_lit(api, "first");
    co_await arrive_late(api, second);
    first.stop.notify_one();
}

converge::task<> start_later(replica& self)
{
    co_await converge::sleep_for(50ms);
    co_await serve(self);
}

converge::task<> play(converge::client api, replica& first, replica& second)
{
    auto const where = co_await converge::this_coro::executor;
    converge::nursery all{where};
    all.spawn(serve(first));
    all.spawn(start_later(second));
    all.spawn(scenario(api, first, second));
    co_await all.join();
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    replica first{"first", api};
    replica second{"second", api};
    return converge::block_on(play(api, first, second));
}
