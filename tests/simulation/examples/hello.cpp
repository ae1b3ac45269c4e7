// SPDX-License-Identifier: BSL-1.0
// The controller of an example, as it stands there, in a simulation.

#include <converge/converge.hpp>
#include <converge/testing/check_scenario.hpp>

#include <cstdio>

namespace hello {
#define main run_it
#include "01_hello.cpp"
#undef main

namespace {

converge::task<> want(converge::client api, int replicas)
{
    converge::object<web> blog{"blog"};
    blog.spec.image = "blog:1";
    blog.spec.replicas = replicas;
    co_await api.apply(blog);
}

void declare(converge::testing::simulation& sim)
{
    sim.plane("control-plane", [](converge::client api) {
        return converge::run(std::move(api), converge::controller<web>{reconcile});
    });
    sim.desired_states({{"three", [](converge::client api) { return want(std::move(api), 3); }},
                        {"one", [](converge::client api) { return want(std::move(api), 1); }},
                        {"none", [](converge::client api) { return want(std::move(api), 0); }}});
    sim.eventually("every site is ready", [](converge::testing::snapshot const& now) {
        for (auto const& each : now.all<web>())
            if (!ready(*each))
                return each->metadata.name + " is not ready";
        return std::string{};
    });
    sim.same_end_without_faults();
}

} // namespace
} // namespace hello

TEST_CASE("example hello: however it came there, the site ends ready, and as without faults")
{
    converge::testing::check_scenario({"example hello", hello::declare, 300});
}
