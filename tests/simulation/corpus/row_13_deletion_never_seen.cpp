// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/controller/finalizing.hpp>
#include <converge/manager/run.hpp>
#include <converge/testing/outside.hpp>

#include <memory>
#include <set>

// A member of a group has a disk in a cloud. The disk is given back when the member is seen being
// deleted, which lasts as long as it takes somebody else to drain it. Who is away meanwhile never
// gives it back: a member leaves its disk behind, and its successor finds it.

namespace {

using namespace converge;
using namespace std::chrono_literals;
using corpus::simulation;

struct member {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Member"};
    struct spec {
        std::string zone{};
    };
    struct status {
        bool ready = false;
    };
};
BOOST_DESCRIBE_STRUCT(member::spec, (), (zone))
BOOST_DESCRIBE_STRUCT(member::status, (), (ready))

using disks = std::set<std::string>;

task<outcome> make_disk(std::shared_ptr<disks> cloud, client api, object<member> of)
{
    co_await testing::outside("cloud.create " + of.metadata.name);
    cloud->insert(of.metadata.name);
    co_await testing::outside_answer("cloud.create " + of.metadata.name);
    of.status.ready = true;
    co_await api.update_status(of);
    co_return settled();
}

task<outcome> give_back(std::shared_ptr<disks> cloud, client, object<member> of)
{
    co_await testing::outside("cloud.delete " + of.metadata.name);
    cloud->erase(of.metadata.name);
    co_await testing::outside_answer("cloud.delete " + of.metadata.name);
    co_return settled();
}

/// The cache may be behind: a disk for one that is gone would be another mistake.
task<outcome> make_disk_if_wanted(std::shared_ptr<disks> cloud, client api, object<member> of)
{
    auto const now = co_await api.find(of.key());
    if (!now || now->metadata.uid != of.metadata.uid || now->metadata.being_deleted())
        co_return settled();
    co_return co_await make_disk(cloud, api, *now);
}

controller<member> if_seen(std::shared_ptr<disks> cloud)
{
    return {[cloud](client api, object<member> of) {
        return of.metadata.being_deleted()
                   ? give_back(cloud, std::move(api), std::move(of))
                   : make_disk_if_wanted(cloud, std::move(api), std::move(of));
    }};
}

controller<member> before_it_goes(std::shared_ptr<disks> cloud)
{
    return {[cloud](client api, object<member> of) {
        return finalizing(
            std::move(api), std::move(of), "corpus.converge.dev/disk",
            [cloud](client on, object<member> one) { return make_disk(cloud, on, one); },
            [cloud](client on, object<member> one) { return give_back(cloud, on, one); });
    }};
}

task<> join_and_leave(client api)
{
    object<member> one{"one"};
    one.spec.zone = "north";
    one.metadata.finalizers.emplace_back("corpus.converge.dev/drain");
    co_await api.apply(one);
    co_await api.wait_until(one.key(), [](auto const& of) { return of.status.ready; });
    co_await api.remove(one.key());
    co_await sleep_for(10s);
    // It is drained.
    one.metadata.finalizers.clear();
    co_await api.apply(one);
}

void declare(simulation& sim, controller<member> (*made)(std::shared_ptr<disks>))
{
    auto const cloud = std::make_shared<disks>();
    sim.plane("disks", [cloud, made](client api) { return run(api, made(cloud)); });
    sim.user("group", join_and_leave);
    sim.eventually("no disk without a member", [cloud](auto const& now) {
        for (auto const& name : *cloud)
            if (!now.find(key<member>{name}))
                return "the disk of " + name + " is still there, and the member is not";
        return std::string{};
    });
}

corpus::scenario const wrong{"deletion_never_seen", [](simulation& sim) { declare(sim, if_seen); }};
corpus::scenario const right{"deletion_awaited",
                             [](simulation& sim) { declare(sim, before_it_goes); }};

} // namespace

TEST_CASE("row 13: a clean-up that needs to see the deletion is found; "
          "a clean-up that the deletion waits for is not accused")
{
    corpus::holds_in_calm(wrong);
    auto const seeds = corpus::found_within(wrong, 50, {"no disk without a member"});
    corpus::never_accused(right, 300, seeds);
}
