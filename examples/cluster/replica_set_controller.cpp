// SPDX-License-Identifier: BSL-1.0
#include "cluster/replica_set_controller.hpp"

#include "cluster/create_unless_there.hpp"
#include "cluster/is_still_there.hpp"
#include "cluster/owned_now.hpp"
#include "cluster/remove_if_there.hpp"

#include <converge/client/view.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/owner_references.hpp>

#include <range/v3/algorithm/count_if.hpp>
#include <range/v3/algorithm/sort.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>

#include <iterator>
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

bool is_ready(object<pod> const& of) { return is_true(of.status.conditions, pod_condition::ready); }

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

/// Creates a pod. @returns whether the set has one more by it: a namesake that is there already
/// counts if it is ours, created by a request that outlived a crash.
task<bool> add(client api, object<replica_set> set, object<pod> wanted)
{
    auto const made = co_await create_unless_there(api, wanted);
    if (made != nullptr)
        co_return true;
    auto const namesake = co_await api.find(wanted.key());
    if (namesake == nullptr)
        co_return false;
    if (is_owned_by(namesake->metadata, set.metadata.uid))
        co_return is_living(namesake);
    auto const message = "Pod " + to_string(wanted.key()) +
                         " is not one of this set and has the name of one; the next name is "
                         "taken, remove the Pod to free this one";
    co_await api.record(set, "Warning", "NameTaken", message);
    co_return false;
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
        bool const one_more = co_await add(api, set, wanted);
        missing -= one_more ? 1 : 0;
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
    for (auto const& each : present)
        co_await remove_if_there(api, each);
}

task<> remove_ended(client api, pods owned)
{
    for (auto const& each : owned)
        if (has_ended(*each) && !each->metadata.being_deleted())
            co_await remove_if_there(api, each);
}

pods living_of(pods const& owned)
{
    return owned | ranges::views::filter(is_living) | ranges::to<std::vector>();
}

task<outcome> reconcile_set(client api, object<replica_set> set, view<pod> all)
{
    if (set.metadata.being_deleted())
        co_return converge::settled();
    auto owned = all.owned_by(set);
    bool const differs = std::ssize(living_of(owned)) != set.spec.replicas;
    if (differs) {
        // The pods first, then what is desired: so what they are judged by was desired when they
        // were all that there were.
        owned = co_await owned_now<pod>(api, set);
        bool const still = co_await is_desired_still(api, set);
        if (!still)
            co_return converge::settled();
    }
    auto const living = living_of(owned);
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
    co_return differs ? converge::again_in(cache_lag) : converge::settled();
}

} // namespace

converge::controller<replica_set> replica_set_controller()
{
    return converge::controller<replica_set>{reconcile_set}.named("replica-set").owns<pod>();
}

} // namespace cluster
