// SPDX-License-Identifier: BSL-1.0
#include "cluster/deployment_controller.hpp"

#include "cluster/conditions.hpp"
#include "cluster/is_still_there.hpp"
#include "cluster/owned_now.hpp"

#include <converge/client/view.hpp>
#include <converge/codec/encode.hpp>
#include <converge/model/owner_references.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace cluster {

namespace {

using converge::client;
using converge::object;
using converge::object_ptr;
using converge::outcome;
using converge::task;
using converge::view;

constexpr char const* template_hash_label = "pod-template-hash";

/// Names a template: the same content, the same name, in every run.
std::string hash_of(pod_template const& content)
{
    std::uint64_t value = 0xcbf29ce484222325u;
    for (char const c : boost::json::serialize(converge::encode(content)))
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
    std::string name;
    for (int i = 0; i < 6; ++i, value /= alphabet.size())
        name += alphabet[value % alphabet.size()];
    return name;
}

object<replica_set> replica_set_for(object<deployment> const& wanted, std::string const& hash)
{
    object<replica_set> made{converge::in_namespace{wanted.metadata.namespace_},
                             wanted.metadata.name + "-" + hash};
    made.metadata.labels = wanted.spec.template_.metadata.labels;
    made.metadata.labels[template_hash_label] = hash;
    made.metadata.owner_references.push_back(controller_reference(wanted));
    made.spec.replicas = 0;
    made.spec.min_ready_seconds = wanted.spec.min_ready_seconds;
    made.spec.selector = wanted.spec.selector;
    made.spec.selector.match_labels[template_hash_label] = hash;
    made.spec.template_ = wanted.spec.template_;
    made.spec.template_.metadata.labels[template_hash_label] = hash;
    return made;
}

struct replica_counts {
    int all = 0;
    int ready = 0;
    int available = 0;
};

replica_counts sum(std::vector<object_ptr<replica_set>> const& sets)
{
    replica_counts total;
    for (auto const& each : sets) {
        total.all += each->spec.replicas;
        total.ready += each->status.ready_replicas;
        total.available += each->status.available_replicas;
    }
    return total;
}

/// By how many replicas a rollout may leave the wanted number.
struct rollout_bounds {
    int surge = 0;
    int unavailable = 0;
};

rollout_bounds bounds_of(object<deployment> const& wanted)
{
    using rounding = int_or_string::rounding;
    auto const& rolling = wanted.spec.strategy.rolling_update;
    auto const desired = wanted.spec.replicas;
    rollout_bounds bounds{rolling.max_surge.of(desired, rounding::up).value_or(1),
                          rolling.max_unavailable.of(desired, rounding::down).value_or(0)};
    // A share of few replicas may be none; without any room no replica could ever be replaced.
    if (bounds.surge == 0 && bounds.unavailable == 0)
        bounds.unavailable = 1;
    return bounds;
}

/// Whether the status of a set is about what the set is asked for now.
bool has_answered(object<replica_set> const& set)
{
    return set.status.observed_generation == set.metadata.generation;
}

/// How many instances of a set are available, whatever becomes of its size meanwhile.
int surely_available(object_ptr<replica_set> const& set)
{
    if (set == nullptr || !has_answered(*set))
        return 0;
    return std::min(set->status.available_replicas, set->spec.replicas);
}

/// Whether nothing of a set runs, or is to run.
bool has_stopped(object_ptr<replica_set> const& set)
{
    return set->spec.replicas == 0 && has_answered(*set) && set->status.replicas == 0;
}

task<> scale(client api, object_ptr<replica_set> set, int replicas)
{
    if (set->spec.replicas == replicas)
        co_return;
    auto changed = *set;
    changed.spec.replicas = replicas;
    co_await api.update(changed);
    auto const message = "Scaled " + set->metadata.name + " from " +
                         std::to_string(set->spec.replicas) + " to " + std::to_string(replicas);
    co_await api.record(*set, "Normal", "ScalingReplicaSet", message);
}

task<> report(client api, object<deployment> wanted, std::vector<object_ptr<replica_set>> sets,
              object_ptr<replica_set> newest)
{
    auto const total = sum(sets);
    auto const desired = wanted.spec.replicas;
    auto& status = wanted.status;
    status.observed_generation = wanted.metadata.generation;
    status.replicas = 0;
    for (auto const& set : sets)
        status.replicas += set->status.replicas;
    status.updated_replicas = newest == nullptr ? 0 : newest->status.replicas;
    status.ready_replicas = total.ready;
    status.available_replicas = total.available;
    status.unavailable_replicas = std::max(0, desired - total.available);
    auto const present = co_await wall_now();
    auto const figures = std::to_string(total.available) + " of " + std::to_string(desired) +
                         " instances are available";
    bool const enough =
        desired == 0 ||
        (total.available >= desired - bounds_of(wanted).unavailable && total.available > 0);
    auto const available =
        state_of("Available", enough,
                 enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable", figures);
    bool const complete = status.updated_replicas == desired && total.available == desired;
    auto const progressing = state_of(
        "Progressing", true, complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated", figures);
    set_condition(status.conditions, available, present);
    set_condition(status.conditions, progressing, present);
    co_await api.update_status(wanted);
}

/// The sets of a deployment: that of its template now, if there is one, and the others.
struct sorted_sets {
    object_ptr<replica_set> newest{};
    std::vector<object_ptr<replica_set>> old{};

    sorted_sets(std::vector<object_ptr<replica_set>> const& all, std::string const& newest_name)
    {
        for (auto const& set : all)
            if (set->metadata.name == newest_name)
                newest = set;
            else
                old.push_back(set);
    }

    /// How many replicas the newest set may have now: the surge bounds how many there are in all.
    [[nodiscard]] int newest_target(object<deployment> const& wanted) const
    {
        auto const has = newest == nullptr ? 0 : newest->spec.replicas;
        auto const stays = std::min(has, wanted.spec.replicas);
        if (wanted.spec.strategy.type == deployment_strategy_type::recreate)
            return std::all_of(old.begin(), old.end(), has_stopped) ? wanted.spec.replicas : stays;
        return std::clamp(wanted.spec.replicas + bounds_of(wanted).surge - sum(old).all, stays,
                          wanted.spec.replicas);
    }

    /// How many replicas each of the old sets keeps: so many that enough are available. A set that
    /// was asked for something and has not answered yet is left alone.
    [[nodiscard]] std::vector<int> old_targets(object<deployment> const& wanted) const
    {
        bool const at_once = wanted.spec.strategy.type == deployment_strategy_type::recreate;
        auto spare = spare_instances(wanted);
        std::vector<int> targets;
        for (auto const& set : old) {
            auto const available = surely_available(set);
            auto const goes = std::clamp(spare, 0, available);
            spare -= goes;
            targets.push_back(at_once              ? 0
                              : has_answered(*set) ? available - goes
                                                   : set->spec.replicas);
        }
        return targets;
    }

    /// Whether nothing is to be done.
    [[nodiscard]] bool are_as(object<deployment> const& wanted) const
    {
        auto const targets = old_targets(wanted);
        return newest != nullptr && newest->spec.replicas == newest_target(wanted) &&
               std::equal(old.begin(), old.end(), targets.begin(),
                          [](auto const& set, int size) { return set->spec.replicas == size; });
    }

private:
    /// How many more are available than have to be.
    [[nodiscard]] int spare_instances(object<deployment> const& wanted) const
    {
        auto available = surely_available(newest);
        for (auto const& set : old)
            available += surely_available(set);
        return available - (wanted.spec.replicas - bounds_of(wanted).unavailable);
    }
};

task<object_ptr<replica_set>> create_newest(client api, object<deployment> wanted, std::string hash,
                                            int replicas)
{
    // Without a surge to wait for the set is born with its size: one write less.
    auto made = replica_set_for(wanted, hash);
    made.spec.replicas = replicas;
    auto const newest = co_await api.create(made);
    auto const message =
        "Created " + newest->metadata.name + " with " + std::to_string(replicas) + " replicas";
    co_await api.record(wanted, "Normal", "ScalingReplicaSet", message);
    co_return newest;
}

task<> roll(client api, object<deployment> wanted, sorted_sets sets)
{
    auto const targets = sets.old_targets(wanted);
    for (std::size_t i = 0; i != sets.old.size(); ++i)
        co_await scale(api, sets.old[i], targets[i]);
    co_await scale(api, sets.newest, sets.newest_target(wanted));
}

task<outcome> reconcile_deployment(client api, object<deployment> wanted, view<replica_set> shown)
{
    if (wanted.metadata.being_deleted())
        co_return converge::settled();
    auto const hash = hash_of(wanted.spec.template_);
    auto const name = wanted.metadata.name + "-" + hash;
    auto owned = shown.owned_by(wanted);
    sorted_sets sets{owned, name};
    bool const acts = !wanted.spec.paused && !sets.are_as(wanted);
    if (acts) {
        // A cache that is behind shows fewer instances of other templates than there are, or more
        // available ones, or an older wish. The sets first: what they are given now was desired
        // after they got what they have.
        owned = co_await owned_now<replica_set>(api, wanted);
        sets = sorted_sets{owned, name};
        bool const still = co_await is_desired_still(api, wanted);
        if (!still)
            co_return converge::settled();
    }
    if (acts && sets.newest == nullptr)
        sets.newest = co_await create_newest(api, wanted, hash, sets.newest_target(wanted));
    else if (acts)
        co_await roll(api, wanted, sets);
    co_await report(api, wanted, owned, sets.newest);
    co_return acts ? converge::again_in(cache_lag) : converge::settled();
}

} // namespace

converge::controller<deployment> deployment_controller()
{
    return converge::controller<deployment>{reconcile_deployment}
        .named("deployment")
        .owns<replica_set>();
}

} // namespace cluster
