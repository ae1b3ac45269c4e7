// SPDX-License-Identifier: BSL-1.0
#include "cluster/deployment_controller.hpp"

#include "cluster/conditions.hpp"

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

/// How many replicas the newest set may have now: the surge bounds how many there are in all.
int newest_target(object<deployment> const& wanted, int old_replicas)
{
    if (wanted.spec.strategy.type == deployment_strategy_type::recreate)
        return old_replicas == 0 ? wanted.spec.replicas : 0;
    return std::clamp(wanted.spec.replicas + bounds_of(wanted).surge - old_replicas, 0,
                      wanted.spec.replicas);
}

/// How many replicas the old sets must still have, so that enough are available meanwhile.
int old_target(object<deployment> const& wanted, int newest_available)
{
    if (wanted.spec.strategy.type == deployment_strategy_type::recreate)
        return 0;
    return std::max(0, wanted.spec.replicas - bounds_of(wanted).unavailable - newest_available);
}

/// The sets of a deployment as they are now, whatever a cache shows.
task<std::vector<object_ptr<replica_set>>> sets_of(client api, object<deployment> wanted)
{
    converge::list_options which{converge::in_namespace{wanted.metadata.namespace_}};
    auto const all = co_await api.list<replica_set>(std::move(which));
    std::vector<object_ptr<replica_set>> owned;
    for (auto const& each : all)
        if (is_owned_by(each->metadata, wanted.metadata.uid))
            owned.push_back(each);
    co_return owned;
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

task<> scale_old(client api, std::vector<object_ptr<replica_set>> old, int keep)
{
    for (auto const& set : old) {
        auto const stays = std::min(set->spec.replicas, keep);
        keep -= stays;
        co_await scale(api, set, stays);
    }
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
        total.available >= desired - bounds_of(wanted).unavailable && total.available > 0;
    auto const available =
        state_of("Available", desired == 0 || enough,
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

    [[nodiscard]] int target(object<deployment> const& wanted) const
    {
        return newest_target(wanted, sum(old).all);
    }
};

/// Whether there is to be more of the newest template.
bool grows(object<deployment> const& wanted, sorted_sets const& sets)
{
    return sets.newest == nullptr || sets.target(wanted) > sets.newest->spec.replicas;
}

/// Whether this is what is desired now.
task<bool> is_desired_still(client api, object<deployment> wanted)
{
    auto const now = co_await api.find(wanted.key());
    co_return now != nullptr && now->metadata.uid == wanted.metadata.uid &&
        now->metadata.generation == wanted.metadata.generation;
}

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

task<outcome> reconcile_deployment(client api, object<deployment> wanted, view<replica_set> shown)
{
    if (wanted.metadata.being_deleted())
        co_return converge::settled();
    auto const hash = hash_of(wanted.spec.template_);
    auto const name = wanted.metadata.name + "-" + hash;
    auto owned = shown.owned_by(wanted);
    sorted_sets sets{owned, name};
    if (!wanted.spec.paused && grows(wanted, sets)) {
        // A cache that is behind shows fewer instances of other templates than there are, or an
        // older wish, and then all of them together would be too many.
        bool const still = co_await is_desired_still(api, wanted);
        if (!still)
            co_return converge::settled();
        owned = co_await sets_of(api, wanted);
        sets = sorted_sets{owned, name};
    }
    if (!wanted.spec.paused && sets.newest == nullptr) {
        sets.newest = co_await create_newest(api, wanted, hash, sets.target(wanted));
    } else if (!wanted.spec.paused) {
        auto const available = sets.newest->status.available_replicas;
        co_await scale_old(api, sets.old, old_target(wanted, available));
        co_await scale(api, sets.newest, sets.target(wanted));
    }
    co_await report(api, wanted, owned, sets.newest);
    co_return converge::settled();
}

} // namespace

converge::controller<deployment> deployment_controller()
{
    return converge::controller<deployment>{reconcile_deployment}
        .named("deployment")
        .owns<replica_set>();
}

} // namespace cluster
