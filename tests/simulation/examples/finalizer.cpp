// SPDX-License-Identifier: BSL-1.0
// The controller of an example, as it stands there, in a simulation.

#include <converge/converge.hpp>
#include <converge/testing/check_scenario.hpp>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace finalizer {
#define main run_it
#include "03_finalizer.cpp"
#undef main

namespace {

using converge::testing::snapshot;

converge::task<> come_and_go(converge::client api, std::shared_ptr<cloud> outside)
{
    converge::object<bucket> photos{"photos"};
    co_await api.apply(photos);
    converge::object<bucket> letters{"letters"};
    co_await api.apply(letters);
    co_await api.wait_until(photos.key(), ready);
    outside->files_in["photos"] = 2;
    co_await api.remove(photos.key());
}

void declare(converge::testing::simulation& sim)
{
    auto const outside = std::make_shared<cloud>();
    sim.plane("control-plane", [outside](converge::client api) {
        return converge::run(std::move(api), bucket_controller(*outside));
    });
    sim.user("user", [outside](converge::client api) {
        return come_and_go(std::move(api), outside);
    });
    sim.eventually("only what is wanted is in the cloud", [outside](snapshot const& now) {
        if (now.all<bucket>().size() != 1 || !ready(*now.all<bucket>().front()))
            return std::string{"the bucket that stays is not ready, or another is left"};
        return outside->files_in.size() == 1 ? std::string{}
                                             : std::to_string(outside->files_in.size()) +
                                                   " buckets are in the cloud";
    });
    // An object that is gone while its bucket is there would never be cleaned up.
    sim.always("no bucket is forgotten", [outside](snapshot const& now) {
        for (auto const& [name, files] : outside->files_in)
            if (!now.find(converge::key<bucket>{name}))
                return name + " is in the cloud, and no object says so";
        return std::string{};
    });
}

} // namespace
} // namespace finalizer

TEST_CASE("example finalizer: no object goes before what it stands for")
{
    converge::testing::check_scenario({"example finalizer", finalizer::declare, 300});
}
