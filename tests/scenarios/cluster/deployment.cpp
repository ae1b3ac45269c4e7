// SPDX-License-Identifier: BSL-1.0
#include "scenarios/cluster.hpp"

#include "cluster/deployment_controller.hpp"
#include "scenarios/cluster/parts.hpp"

#include <converge/client/view.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cluster_simulation {

namespace {

/// Stands for the controller of replica sets, and all below it: every instance runs at once.
[[nodiscard]] task<converge::outcome> run_all(client api, object<cluster::replica_set> set)
{
    set.status.observed_generation = set.metadata.generation;
    set.status.replicas = set.spec.replicas;
    set.status.ready_replicas = set.spec.replicas;
    set.status.available_replicas = set.spec.replicas;
    co_await api.update_status(set);
    co_return converge::settled();
}

void run_instances(simulation& sim)
{
    sim.plane("instances", [](client api) {
        converge::controller<cluster::replica_set> const sets{run_all};
        return converge::run(std::move(api), sets.named("instances"));
    });
}

void run_deployments(simulation& sim)
{
    sim.plane("deployments", [](client api) {
        return converge::run(std::move(api), cluster::deployment_controller());
    });
}

[[nodiscard]] task<> desire_image(client api, int replicas, std::string image)
{
    auto wanted = api_deployment(replicas);
    wanted.spec.template_.spec.containers.front().image = std::move(image);
    co_await api.apply(wanted);
}

/// The newest has all replicas, the others none, and the status says so.
[[nodiscard]] std::string rolled_out(snapshot const& now)
{
    auto const wanted = now.find(key<cluster::deployment>{"api"});
    if (wanted == nullptr)
        return "there is no Deployment";
    auto const& image = wanted->spec.template_.spec.containers.front().image;
    bool found = false;
    for (auto const& set : now.all<cluster::replica_set>()) {
        bool const newest = set->spec.template_.spec.containers.front().image == image;
        found = found || newest;
        if (set->spec.replicas != (newest ? wanted->spec.replicas : 0))
            return "ReplicaSet " + set->metadata.name + " has " +
                   std::to_string(set->spec.replicas) + " replicas";
    }
    if (!found)
        return "the newest ReplicaSet is missing";
    return wanted->status.available_replicas == wanted->spec.replicas &&
                   wanted->status.updated_replicas == wanted->spec.replicas
               ? std::string{}
               : "Deployment default/api does not say that all is rolled out";
}

/// The sets together never ask for more replicas than was ever desired, and the surge.
class replicas_within {
public:
    explicit replicas_within(int surge) : surge_{surge} {}

    std::string operator()(snapshot const& now)
    {
        int asked = 0;
        for (auto const& each : now.all<cluster::deployment>())
            most_ = std::max(most_, each->spec.replicas);
        for (auto const& each : now.all<cluster::replica_set>())
            asked += each->spec.replicas;
        return asked <= most_ + surge_
                   ? std::string{}
                   : "the ReplicaSets ask for " + std::to_string(asked) +
                         " instances in all; no more than " + std::to_string(most_) + " and " +
                         std::to_string(surge_) + " in passing were ever desired";
    }

private:
    int surge_;
    int most_ = 0;
};

/// Once all were available there are never fewer than a rollout may leave.
class enough_available {
public:
    explicit enough_available(int least) : least_{least} {}

    std::string operator()(snapshot const& now)
    {
        int sum = 0;
        for (auto const& each : now.all<cluster::replica_set>()) {
            // Between a wish and its answer those are certain that both let be.
            auto& certain = certain_[each->metadata.name];
            bool const answered = each->status.observed_generation == each->metadata.generation;
            certain =
                std::min(answered ? each->status.available_replicas : certain, each->spec.replicas);
            sum += certain;
        }
        begun_ = begun_ || sum > least_;
        return !begun_ || sum >= least_ ? std::string{}
                                        : std::to_string(sum) + " instances are available, and " +
                                              std::to_string(least_) + " had to be";
    }

private:
    int least_;
    bool begun_ = false;
    std::map<std::string, int> certain_;
};

/// A set gets no size that was not desired since it got the one that it has: who gives it another
/// has not looked.
class sizes_of_now {
public:
    std::string operator()(snapshot const& now)
    {
        for (auto const& each : now.all<cluster::deployment>())
            if (desired_.empty() || desired_.back() != each->spec.replicas)
                desired_.push_back(each->spec.replicas);
        for (auto const& each : now.all<cluster::replica_set>()) {
            auto const size = each->spec.replicas;
            auto [known, fresh] = sizes_.try_emplace(each->metadata.name);
            auto& [last, since] = known->second;
            if (!fresh && last == size)
                continue;
            auto const from = std::next(desired_.begin(), since);
            if (std::find(from, desired_.end(), size) == desired_.end())
                return "ReplicaSet " + each->metadata.name + " is to have " + std::to_string(size) +
                       " replicas, which was not desired since it had " + std::to_string(last);
            last = size;
            since = std::ssize(desired_) - 1;
        }
        return {};
    }

private:
    std::vector<int> desired_;
    /// By set: its size, and which wish was the newest then.
    std::map<std::string, std::pair<int, std::ptrdiff_t>> sizes_;
};

[[nodiscard]] task<> change_images(client api)
{
    co_await desire_image(api, 4, "api:1");
    co_await converge::sleep_for(15s);
    co_await desire_image(api, 4, "api:2");
    co_await converge::sleep_for(15s);
    co_await desire_image(api, 4, "api:1");
    co_await converge::sleep_for(5s);
    co_await desire_image(api, 4, "api:3");
}

void declare_rollout(simulation& sim)
{
    run_deployments(sim);
    run_instances(sim);
    sim.user("kubectl", change_images);
    // A size that was set minutes ago, for an image of then, may come true now: nothing fences it.
    sim.chance_of(fault_kind::late_request, 0);
    sim.eventually("it is rolled out", rolled_out);
    // A quarter of four.
    sim.always("not more than the surge", replicas_within{1});
    sim.always("enough are available", enough_available{3});
    sim.at_most<cluster::deployment, cluster::replica_set>(
        [](object<cluster::deployment> const&) { return std::size_t{3}; });
    sim.removes_only_if<cluster::deployment, cluster::replica_set>(
        [](auto const&, auto const&) { return false; });
}

void declare_sizes(simulation& sim)
{
    run_deployments(sim);
    run_instances(sim);
    std::vector<std::pair<std::string, std::function<task<>(client)>>> sizes;
    for (int const each : {0, 1, 3, 5})
        sizes.emplace_back(std::to_string(each) + " replicas", [each](client api) {
            return desire_image(std::move(api), each, "api:1");
        });
    sim.desired_states(std::move(sizes));
    sim.eventually("it is rolled out", rolled_out);
    sim.always("not more than the surge", replicas_within{0});
    sim.always("sizes are those of now", sizes_of_now{});
    // What one sees who begins anew from old state is what goes wrong most easily here.
    sim.chance_of(fault_kind::crash_in_request, 0.05);
    sim.chance_of(fault_kind::stale_replica, 0.5);
    sim.same_end_without_faults();
}

} // namespace

scenario deployment_rolls_out() { return {"deployment rolls out", declare_rollout, 100}; }

scenario deployment_changes_size() { return {"deployment changes size", declare_sizes, 400}; }

} // namespace cluster_simulation
