// SPDX-License-Identifier: BSL-1.0
#include "cluster/replica_set_controller.hpp"

#include <converge/client/view.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/owner_references.hpp>

#include <range/v3/algorithm/count_if.hpp>
#include <range/v3/algorithm/sort.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>

#include <optional>
#include <set>
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
using pods = std::vector<object_ptr<pod>>;

bool is_ready(object<pod> const& of)
{
    return is_true(of.status.conditions, pod_condition::ready);
}

bool has_ended(object<pod> const& of)
{
    return of.status.phase == pod_phase::succeeded || of.status.phase == pod_phase::failed;
}

bool is_living(object_ptr<pod> const& of)
{
    return !of->metadata.being_deleted() && !has_ended(*of);
}

object<pod> pod_for(object<replica_set> const& set, int ordinal)
{
    object<pod> made{converge::in_namespace{set.metadata.namespace_},
                     set.metadata.name + "-" + std::to_string(ordinal)};
    made.metadata.labels = set.spec.template_.metadata.labels;
    made.metadata.annotations = set.spec.template_.metadata.annotations;
    made.metadata.owner_references.push_back(controller_reference(set));
    made.spec = set.spec.template_.spec;
    return made;
}

/// Creates a pod; a namesake that is there already counts if it is ours.
task<> create(client api, object<pod> wanted)
{
    std::optional<converge::failure> refused;
    try {
        co_await api.create(wanted);
    } catch (converge::error const& failed) {
        refused = failed.reason();
    }
    if (refused && !refused->is(converge::errc::already_exists))
        throw converge::error{*refused};
}

task<> grow(client api, object<replica_set> set, pods present, int missing)
{
    std::set<std::string> names;
    for (auto const& each : present)
        names.insert(each->metadata.name);
    for (int ordinal = 0; missing > 0; ++ordinal) {
        auto const wanted = pod_for(set, ordinal);
        if (names.contains(wanted.metadata.name))
            continue;
        co_await create(api, wanted);
        --missing;
    }
}

/// Which pods are missed least: those that run nowhere, then those that are not ready, then those
/// with the highest ordinal, which sort last by name length and name.
bool missed_less(object_ptr<pod> const& left, object_ptr<pod> const& right)
{
    auto const rank = [](object<pod> const& of) {
        return std::pair{!of.spec.node_name.empty(), is_ready(of)};
    };
    if (rank(*left) != rank(*right))
        return rank(*left) < rank(*right);
    auto const& a = left->metadata.name;
    auto const& b = right->metadata.name;
    return a.size() != b.size() ? a.size() > b.size() : a > b;
}

task<> shrink(client api, pods present, int surplus)
{
    ranges::sort(present, missed_less);
    present.resize(static_cast<std::size_t>(surplus));
    for (auto const& each : present) {
        auto how = converge::write_options{}.only_uid(each->metadata.uid);
        try {
            co_await api.remove(each->key(), std::move(how));
        } catch (converge::error const& failed) {
            if (!failed.is(converge::errc::not_found))
                throw;
        }
    }
}

task<> remove_ended(client api, pods owned)
{
    for (auto const& each : owned) {
        if (!has_ended(*each) || each->metadata.being_deleted())
            continue;
        auto how = converge::write_options{}.only_uid(each->metadata.uid);
        co_await api.remove(each->key(), std::move(how));
    }
}

task<outcome> reconcile(client api, object<replica_set> set, view<pod> all)
{
    if (set.metadata.being_deleted())
        co_return converge::settled();
    auto const owned = all.owned_by(set);
    auto const living = owned | ranges::views::filter(is_living) | ranges::to<std::vector>();
    auto const count = static_cast<int>(living.size());
    co_await remove_ended(api, owned);
    if (count < set.spec.replicas)
        co_await grow(api, set, owned, set.spec.replicas - count);
    else if (count > set.spec.replicas)
        co_await shrink(api, living, count - set.spec.replicas);

    auto& status = set.status;
    status.observed_generation = set.metadata.generation;
    status.replicas = count;
    status.fully_labeled_replicas = count;
    status.ready_replicas =
        static_cast<int>(ranges::count_if(living, [](auto const& of) { return is_ready(*of); }));
    status.available_replicas = status.ready_replicas;
    co_await api.update_status(set);
    co_return converge::settled();
}

} // namespace

converge::controller<replica_set> replica_set_controller()
{
    return converge::controller<replica_set>{reconcile}.named("replica-set").owns<pod>();
}

} // namespace cluster
