// SPDX-License-Identifier: BSL-1.0
// The controller of an example, as it stands there, in a simulation.

#include <converge/converge.hpp>
#include <converge/store/sqlite_store.hpp>
#include <converge/testing/check_scenario.hpp>

#include <cstdio>
#include <filesystem>
#include <string>

namespace durable {
// Only `main` itself may do without a return statement.
#pragma GCC diagnostic ignored "-Wreturn-type"
#define main run_it
#include "05_durable.cpp"
#undef main

namespace {

converge::task<> want(converge::client api, int replicas)
{
    converge::object<web> blog{"blog"};
    blog.spec.replicas = replicas;
    co_await api.apply(blog);
}

void declare(converge::testing::simulation& sim)
{
    sim.plane("control-plane", [](converge::client api) {
        return converge::run(std::move(api), converge::controller<web>{reconcile});
    });
    sim.desired_states({{"three", [](converge::client api) { return want(std::move(api), 3); }},
                        {"one", [](converge::client api) { return want(std::move(api), 1); }}});
    sim.eventually("every site is ready", [](converge::testing::snapshot const& now) {
        for (auto const& each : now.all<web>())
            if (!ready(*each))
                return each->metadata.name + " is not ready";
        return std::string{};
    });
}

} // namespace
} // namespace durable

TEST_CASE("example durable: a site gets ready, and less ready when less is asked for")
{
    converge::testing::check_scenario({"example durable", durable::declare, 300});
}
