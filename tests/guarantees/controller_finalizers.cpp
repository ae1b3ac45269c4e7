// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/finalizing.hpp>

#include "bed.hpp"

#include <set>

using namespace guarantees;

namespace {

inline constexpr char const* finalizer = "test.converge.dev/cloud";

/// A world outside the store: it survives every crash, and every step in it may be the last.
struct cloud {
    std::set<std::string> held;
    int applies = 0;
    int cleanups = 0;
    int refusals = 0;
};

task<outcome> hold(cloud& outside, client api, object<site> of)
{
    ++outside.applies;
    co_await pause(2ms);
    outside.held.insert(of.metadata.uid.str());
    co_await pause(2ms);
    if (of.status.ready == 0) {
        of.status.ready = 1;
        co_await api.update_status(of);
    }
    co_return converge::settled();
}

task<outcome> release(cloud& outside, client api, object<site> of)
{
    ++outside.cleanups;
    co_await pause(2ms);
    if (outside.refusals > 0) {
        --outside.refusals;
        co_return converge::again_in(1s);
    }
    outside.held.erase(of.metadata.uid.str());
    co_await pause(2ms);
    if (of.status.ready != 0) {
        of.status.ready = 0;
        co_await api.update_status(std::move(of));
    }
    co_return converge::settled();
}

task<outcome> finalized(cloud& outside, client api, object<site> of)
{
    auto const apply = [&outside](client through, object<site> subject) {
        return hold(outside, std::move(through), std::move(subject));
    };
    auto const cleanup = [&outside](client through, object<site> subject) {
        return release(outside, std::move(through), std::move(subject));
    };
    return converge::finalizing(std::move(api), std::move(of), finalizer, apply, cleanup);
}

controller<site> holding(cloud& outside)
{
    return {[&outside](client api, object<site> of) {
        return finalized(outside, std::move(api), std::move(of));
    }};
}

/// Creates a site and removes it after some time, perhaps before anyone has seen it.
task<> live_and_die(client api)
{
    co_await pause(10ms);
    auto const made = co_await api.create(site_named("a"));
    co_await pause(30ms);
    co_await api.remove(made->key());
    co_await api.wait_gone(made->key());
}

/// R10, looked at after every step: what is gone from the store is not held outside.
struct oracle {
    simulation& sim;
    cloud const& outside;
    std::optional<std::string> alive{};
    bool broken = false;

    oracle(simulation& in, cloud const& of) : sim{in}, outside{of} {}

    bool look()
    {
        auto const found = sim.store.get("test.converge.dev/sites/default/a", converge::revision{});
        if (found)
            alive = found->value.metadata().uid.str();
        else if (alive)
            broken |= outside.held.contains(*std::exchange(alive, std::nullopt));
        if (!found)
            broken |= !outside.held.empty();
        return false;
    }
};

/// Where every step is tried with each.
std::uint64_t few_seeds() { return std::max<std::uint64_t>(seeds() / 20, 2); }

/// Crashes the control plane before its `step`-th step. @returns whether it came that far.
bool survives_crash(std::uint64_t seed, std::uint64_t step, std::optional<network_weather> weather)
{
    CAPTURE(seed);
    CAPTURE(step);
    cloud outside;
    simulation sim{seed, std::move(weather)};
    auto const plane = sim.start(holding(outside));
    sim.world.crash(plane, step, 20ms);
    sim.begin(live_and_die(sim.person));
    oracle watching{sim, outside};
    CHECK(sim.world.run_until([&] { return watching.look(); }, 24h) == stop_reason::quiet);
    CHECK_FALSE(watching.broken);
    CHECK(sim.all<site>().empty());
    CHECK(outside.held.empty());
    if (outside.applies > 0)
        CHECK(outside.cleanups > 0);
    return sim.world.steps(plane) >= step;
}

} // namespace

TEST_CASE("R10 the finalizer is there before apply starts, and gone after cleanup succeeded")
{
    try_seeds([](simulation& sim) {
        cloud outside;
        sim.run(sim.person.create(site_named("a")));
        sim.start(holding(outside));
        REQUIRE(sim.world.run_until([&] { return outside.applies > 0; }, 1h) == stop_reason::done);
        CHECK(sim.all<site>()[0]->metadata.finalizers == std::vector<std::string>{finalizer});
        sim.settle();
        CHECK(outside.held.size() == 1);
        CHECK(outside.cleanups == 0);
        CHECK(sim.results("error") == 0);

        sim.run(sim.person.remove(site_key("a")));
        sim.settle();
        CHECK(sim.all<site>().empty());
        CHECK(outside.held.empty());
        CHECK(outside.cleanups == 1);
        CHECK(sim.results("error") == 0);
    });
}

TEST_CASE("R10 cleanup is called until it is settled, and the object stays until then")
{
    try_seeds([](simulation& sim) {
        cloud outside;
        outside.refusals = 3;
        sim.run(sim.person.create(site_named("a")));
        sim.start(holding(outside));
        sim.settle();
        sim.run(sim.person.remove(site_key("a")));
        sim.world.run_for(1500ms);
        CHECK(sim.all<site>().size() == 1);
        CHECK(outside.held.size() == 1);
        sim.settle();
        CHECK(outside.cleanups == 4);
        CHECK(outside.held.empty());
        CHECK(sim.all<site>().empty());
    });
}

TEST_CASE("R10 the finalizers of others are theirs")
{
    try_seeds([](simulation& sim) {
        cloud outside;
        auto shared = site_named("a");
        shared.metadata.finalizers.push_back("test.converge.dev/other");
        sim.run(sim.person.create(shared));
        sim.start(holding(outside));
        sim.settle();
        sim.run(sim.person.remove(shared.key()));
        sim.settle();
        REQUIRE(sim.all<site>().size() == 1);
        auto left = *sim.all<site>()[0];
        CHECK(left.metadata.finalizers == std::vector<std::string>{"test.converge.dev/other"});
        CHECK(outside.cleanups == 1);
        left.metadata.finalizers.clear();
        sim.run(sim.person.update(left));
        sim.settle();
        CHECK(sim.all<site>().empty());
    });
}

TEST_CASE("R10 an object that is deleted before it was ever seen is not applied")
{
    try_seeds([](simulation& sim) {
        cloud outside;
        auto shared = site_named("a");
        shared.metadata.finalizers.push_back("test.converge.dev/other");
        sim.run(sim.person.create(shared));
        sim.run(sim.person.remove(shared.key()));
        sim.start(holding(outside));
        sim.settle();
        CHECK(outside.applies == 0);
        CHECK(outside.cleanups == 0);
    });
}

TEST_CASE("R10 what only a cache still shows is neither applied nor cleaned up")
{
    try_seeds([](simulation& sim) {
        cloud outside;
        auto held = site_named("a");
        held.metadata.finalizers.push_back(finalizer);
        auto const living = *sim.run(sim.person.create(held));
        auto const leaving = *sim.run(sim.person.remove(living.key()));
        auto released = leaving;
        released.metadata.finalizers.clear();
        sim.run(sim.person.update(released));
        CHECK(sim.run(finalized(outside, sim.person, living)).kind() ==
              converge::outcome_kind::settled);
        CHECK(outside.applies == 0);

        // Its successor, which has its name, is another.
        sim.run(sim.person.create(held));
        CHECK(sim.run(finalized(outside, sim.person, living)).kind() ==
              converge::outcome_kind::settled);
        CHECK(sim.run(finalized(outside, sim.person, leaving)).kind() ==
              converge::outcome_kind::settled);
        CHECK(outside.applies == 0);
        CHECK(outside.cleanups == 0);
    });
}

TEST_CASE("R10 an object that is leaving is cleaned up, even if the cache does not show it yet")
{
    try_seeds([](simulation& sim) {
        cloud outside;
        auto held = site_named("a");
        held.metadata.finalizers.push_back(finalizer);
        auto const living = *sim.run(sim.person.create(held));
        sim.run(sim.person.remove(living.key()));
        CHECK(sim.run(finalized(outside, sim.person, living)).kind() ==
              converge::outcome_kind::settled);
        CHECK(outside.applies == 0);
        CHECK(outside.cleanups == 1);
        CHECK(sim.all<site>().empty());
    });
}

TEST_CASE("R10 holds when the control plane is killed at any step")
{
    for (std::uint64_t seed = 0; seed < few_seeds(); ++seed)
        for (std::uint64_t step = 1; survives_crash(seed, step, {}); ++step)
            ;
}

TEST_CASE("R10 holds when what a killed control plane had sent arrives later")
{
    for (std::uint64_t seed = 0; seed < few_seeds(); ++seed)
        for (std::uint64_t step = 1; survives_crash(seed, step, network_weather{}.delaying(40ms));
             ++step)
            ;
}

TEST_CASE("R10 holds when requests and answers get lost")
{
    for (std::uint64_t seed = 0; seed < seeds(); ++seed)
        survives_crash(seed, 40 + seed % 60,
                       network_weather{}.losing_requests(0.1).losing_answers(0.1));
}
