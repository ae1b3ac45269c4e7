// SPDX-License-Identifier: BSL-1.0

// The actual state is often elsewhere: a device, a message queue, another program. Where it can
// tell of its changes, a channel runs the object; where it cannot, it is asked now and then.

#include <converge/converge.hpp>

#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>
using namespace std::chrono_literals;

struct valve {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Valve"};
    struct spec {
        bool open = false;
    };
    struct status {
        bool open = false;
        int corrections = 0;
    };
};
BOOST_DESCRIBE_STRUCT(valve::spec, (), (open))
BOOST_DESCRIBE_STRUCT(valve::status, (), (open, corrections))

// The valve itself. Anybody may turn it by hand.
struct device {
    std::atomic<bool> open = false;
};

converge::task<converge::outcome> reconcile(device& real, converge::client api,
                                            converge::object<valve> of)
{
    bool const wrong = real.open != of.spec.open;
    if (!wrong && of.status.open == of.spec.open)
        co_return converge::settled();
    real.open = of.spec.open;
    of.status.open = of.spec.open;
    of.status.corrections += wrong ? 1 : 0;
    co_await api.update_status(of);
    co_return converge::settled();
}

// For valves that do not tell: which of them are not as they should be?
converge::task<std::vector<converge::key<valve>>> look_around(device const& real,
                                                              converge::client api)
{
    auto const valves = co_await api.list<valve>();
    std::vector<converge::key<valve>> wrong;
    for (auto const& each : valves)
        if (each->spec.open != real.open)
            wrong.push_back(each->key());
    co_return wrong;
}

converge::task<> wait_for(converge::client api, converge::key<valve> id, int corrections)
{
    auto const has_them = [corrections](auto const& of) {
        return of.status.corrections == corrections;
    };
    auto const at = co_await api.wait_until(id, has_them);
    std::printf("corrected %d times, %s\n", corrections, at->status.open ? "open" : "closed");
}

converge::task<> scenario(converge::client api, device& real, converge::event_channel<valve> turned)
{
    converge::object<valve> main_valve{"main"};
    main_valve.spec.open = true;
    co_await api.apply(main_valve);
    co_await wait_for(api, main_valve.key(), 1);

    std::puts("someone closes it, and it tells");
    auto const id = main_valve.key();
    // The thread of a device driver, say: a channel may be used from any.
    std::thread driver{[&real, turned, id] {
        real.open = false;
        turned.send(id);
    }};
    driver.join();
    co_await wait_for(api, id, 2);

    std::puts("someone closes it, and it does not tell");
    real.open = false;
    co_await wait_for(api, id, 3);
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    device real;
    converge::event_channel<valve> const turned;
    converge::controller<valve> const valves{
        [&real](converge::client through, converge::object<valve> of) {
            return reconcile(real, std::move(through), std::move(of));
        }};
    auto const look = [&real](converge::client through) {
        return look_around(real, std::move(through));
    };
    return converge::block_on(
        converge::until(scenario(api, real, turned),
                        converge::run(api, valves.triggered_by(turned).polls(20ms, look))));
}
