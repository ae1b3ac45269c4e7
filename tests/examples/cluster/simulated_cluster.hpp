// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/local_cluster.hpp"
#include "cluster/node_agent.hpp"
#include "resources/autoscaler.hpp"
#include "resources/deployment.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"

#include <converge/api/api.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/store/store_key.hpp>
#include <converge/testing/simulated_network.hpp>
#include <converge/testing/world.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cluster_test {

using converge::client;
using converge::object;
using converge::quantity;
using converge::task;

/// The story's cluster in a simulated world: every component a process of its own, with a
/// network between it and the api.
class simulated_cluster {
public:
    explicit simulated_cluster(std::uint64_t seed)
        : world_{seed}, api_{std::make_shared<converge::api>(converge::any_store{store_})},
          network_{world_, api_}, provider_{std::chrono::milliseconds{200}}
    {
        world_.start("apiserver", [this] { return api_->housekeep(); });
        world_.start("controllers", [this] { return cluster::run_controller_manager(connect()); });
        scheduler_ = start("scheduler", [this] { return cluster::run_scheduler(connect()); });
        autoscaler_ = start("autoscaler", [this] { return cluster::run_autoscaler(connect()); });
        world_.start("provisioner",
                     [this] { return cluster::run_provisioner(connect(), provider_); });
        world_.start("provider", [this] { return operate(); });
        world_.start("kubectl", [this] { return apply_story(connect()); });
    }

    [[nodiscard]] converge::testing::world& world() noexcept { return world_; }
    [[nodiscard]] converge::testing::process scheduler() const { return *scheduler_; }
    [[nodiscard]] converge::testing::process autoscaler() const { return *autoscaler_; }

    /// Crashes the agent of the n-th machine before its `step`-th step.
    void crash_agent(std::size_t machine, std::uint64_t step, converge::duration downtime)
    {
        planned_agent_ = machine;
        planned_step_ = step;
        planned_downtime_ = downtime;
    }

    template <class R>
    [[nodiscard]] std::vector<converge::object_ptr<R>> all()
    {
        converge::list_query query{converge::store_prefix(converge::type_of<R>())};
        std::vector<converge::object_ptr<R>> found;
        for (auto const& entry : store_.list(query).entries)
            found.push_back(entry.value.template as<R>());
        return found;
    }

    [[nodiscard]] bool complete()
    {
        auto const deployments = all<cluster::deployment>();
        return !deployments.empty() && deployments.front()->status.available_replicas == 3 &&
               is_true(deployments.front()->status.conditions, "Available");
    }

    [[nodiscard]] converge::revision newest() { return store_.newest(); }

private:
    [[nodiscard]] client connect() { return client{network_.connect()}; }

    converge::testing::process start(std::string name, std::function<task<>()> entry)
    {
        return world_.start(std::move(name), std::move(entry));
    }

    task<> operate()
    {
        return provider_.operate([this](cluster::modelled_provider::powered_machine booted) {
            auto const agent = world_.start("agent-" + booted.name, [this, booted] {
                return cluster::modelled_provider::run_on(
                    booted.off,
                    cluster::run_node_agent(connect(), booted.name, booted.type, booted.runtime));
            });
            if (planned_step_ != 0 && agents_ == planned_agent_)
                world_.crash(agent, planned_step_, planned_downtime_);
            ++agents_;
        });
    }

    static object<cluster::machine_type> ssd_small()
    {
        object<cluster::machine_type> made{"ssd-small"};
        made.spec.capacity["cpu"] = quantity::of(2);
        made.spec.capacity["memory"] = quantity::parse("4Gi").value();
        made.spec.labels["disk"] = "ssd";
        made.spec.price = quantity::of(10);
        made.spec.max_machines = 3;
        made.spec.boot_delay_milliseconds = 500;
        return made;
    }

    static object<cluster::deployment> story()
    {
        object<cluster::deployment> made{"api"};
        made.spec.replicas = 3;
        made.spec.selector.match_labels["app"] = "api";
        made.spec.template_.metadata.labels["app"] = "api";
        auto& pod = made.spec.template_.spec;
        pod.node_selector["disk"] = "ssd";
        cluster::container api;
        api.name = "api";
        api.image = "api:1";
        api.resources.requests["cpu"] = quantity::parse("900m").value();
        api.resources.requests["memory"] = quantity::parse("1Gi").value();
        pod.containers.push_back(api);
        return made;
    }

    static task<> apply_story(client api)
    {
        object<cluster::machine> first{"n1"};
        first.spec.machine_type = "ssd-small";
        co_await api.apply(ssd_small());
        object<cluster::autoscaler> const scaling{"default"};
        co_await api.apply(scaling);
        co_await api.apply(first);
        co_await api.apply(story());
    }

    converge::memory_store store_;
    converge::testing::world world_;
    std::shared_ptr<converge::api> api_;
    converge::testing::simulated_network network_;
    cluster::modelled_provider provider_;
    std::optional<converge::testing::process> scheduler_;
    std::optional<converge::testing::process> autoscaler_;
    std::size_t agents_ = 0;
    std::size_t planned_agent_ = 0;
    std::uint64_t planned_step_ = 0;
    converge::duration planned_downtime_{};
};

} // namespace cluster_test
