// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/simulated_network.hpp>

#include <converge/api/api.hpp>
#include <converge/client/client.hpp>
#include <converge/store/memory_store.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace converge;
using namespace std::chrono_literals;
using testing::network_weather;
using testing::simulated_network;
using testing::stop_reason;

namespace {

struct lamp {
    static constexpr kind_name kind{"test.converge.dev/v1", "Lamp"};
    struct spec {
        int brightness = 0;
    };
};
BOOST_DESCRIBE_STRUCT(lamp::spec, (), (brightness))

/// A world with a network between a client and an api.
struct setting {
    setting(std::uint64_t seed, network_weather weather)
        : world{seed}, network{world, std::make_shared<api>(any_store{store}), std::move(weather)},
          far{network.connect()}, near{store}
    {
    }

    memory_store store;
    testing::world world;
    simulated_network network;
    client far;
    client near;
};

task<> create(client api, std::string name)
{
    object<lamp> const made{std::move(name)};
    co_await api.create(made);
}

task<> set_to(client api, int count)
{
    for (int i = 1; i <= count; ++i) {
        object<lamp> wanted{"l"};
        wanted.spec.brightness = i;
        co_await api.apply(wanted);
        co_await sleep_for(1ms);
    }
}

/// How an attempt to create ended, and when.
struct attempt {
    std::optional<errc> refused;
    std::string why;
    instant ended{};
};

task<> try_create(client api, std::string name, attempt& into)
{
    try {
        co_await create(std::move(api), std::move(name));
    } catch (error const& failed) {
        into.refused = static_cast<errc>(failed.reason().code.value());
        into.why = failed.what();
    }
    into.ended = co_await now();
}

task<> follow(client api, std::vector<int>& seen, std::vector<revision>& through)
{
    auto const stream = api.through()->watch(watch_request{type_of<lamp>(), revision{}});
    for (;;) {
        auto const batch = co_await stream->next();
        for (auto const& event : batch.events)
            seen.push_back(event.current.as<lamp>()->spec.brightness);
        through.push_back(stream->through());
        CHECK(batch.through == stream->through());
    }
}

} // namespace

TEST_CASE("a request takes its time there and back")
{
    std::set<instant> ends;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        setting in{seed, network_weather{}.delaying(10ms)};
        attempt made;
        in.world.start("sender", [&] { return try_create(in.far, "l", made); });
        CHECK(in.world.run_for(1h) == stop_reason::quiet);
        CHECK_FALSE(made.refused);
        CHECK(in.store.stats().keys == 1);
        CHECK(made.ended > instant{});
        CHECK(made.ended <= instant{20ms});
        ends.insert(made.ended);
    }
    CHECK(ends.size() > 40);
}

TEST_CASE("a request outlives its killed sender")
{
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        setting in{seed, network_weather{}.delaying(1s)};
        attempt made;
        auto const sender =
            in.world.start("sender", [&] { return try_create(in.far, "l", made); });
        in.world.run_for(1ms);
        in.world.kill(sender);
        CHECK(in.store.stats().keys == 0);
        CHECK(in.world.run_for(1h) == stop_reason::quiet);
        CHECK(in.store.stats().keys == 1);
        CHECK(made.ended == instant{});
    }
}

TEST_CASE("what the api refuses arrives as it was thrown")
{
    setting in{1, {}};
    attempt first;
    attempt second;
    in.world.start("first", [&] { return try_create(in.far, "l", first); });
    in.world.run_for(1s);
    in.world.start("second", [&] { return try_create(in.far, "l", second); });
    in.world.run_for(1s);
    CHECK(second.refused == errc::already_exists);
    CHECK(second.why.find("Lamp default/l") == 0);
}

TEST_CASE("a lost request times out and is not done")
{
    setting in{1, network_weather{}.losing_requests(1).timing_out_after(3s)};
    attempt made;
    in.world.start("sender", [&] { return try_create(in.far, "l", made); });
    CHECK(in.world.run_for(1h) == stop_reason::quiet);
    CHECK(made.refused == errc::timed_out);
    CHECK(made.ended == instant{3s});
    CHECK(in.store.stats().keys == 0);
}

TEST_CASE("a lost answer times out, though what was asked is done")
{
    setting in{1, network_weather{}.losing_answers(1).timing_out_after(3s)};
    attempt made;
    in.world.start("sender", [&] { return try_create(in.far, "l", made); });
    CHECK(in.world.run_for(1h) == stop_reason::quiet);
    CHECK(made.refused == errc::timed_out);
    CHECK(made.ended == instant{3s});
    CHECK(in.store.stats().keys == 1);
}

TEST_CASE("the shares of what is lost are met")
{
    setting in{1, network_weather{}.losing_requests(0.25)};
    std::vector<attempt> made(400);
    for (std::size_t i = 0; i < made.size(); ++i)
        in.world.start("sender",
                       [&, i] { return try_create(in.far, "l" + std::to_string(i), made[i]); });
    CHECK(in.world.run_for(1h) == stop_reason::quiet);
    CHECK(in.store.stats().keys > 260);
    CHECK(in.store.stats().keys < 340);
}

TEST_CASE("weather may change while a client is connected")
{
    setting in{1, {}};
    attempt made;
    in.network.set_weather(network_weather{}.losing_requests(1));
    in.world.start("sender", [&] { return try_create(in.far, "l", made); });
    CHECK(in.world.run_for(1h) == stop_reason::quiet);
    CHECK(made.refused == errc::timed_out);
}

TEST_CASE("a watch is late, complete and in order")
{
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        CAPTURE(seed);
        setting in{seed, network_weather{}.delaying(20ms)};
        std::vector<int> seen;
        std::vector<revision> through;
        in.world.start("watcher", [&] { return follow(in.far, seen, through); });
        in.world.start("writer", [&] { return set_to(in.near, 100); });
        in.world.run_for(50ms);
        CHECK(seen.size() < 50);
        CHECK(in.world.run_for(1h) == stop_reason::quiet);
        std::vector<int> expected;
        for (int i = 1; i <= 100; ++i)
            expected.push_back(i);
        CHECK(seen == expected);
        CHECK(std::is_sorted(through.begin(), through.end()));
        CHECK(through.back() == in.store.newest());
    }
}
