// SPDX-License-Identifier: BSL-1.0
#include "cluster/autoscaler_controller.hpp"

#include "autoscaler/decide.hpp"
#include "autoscaler/explain.hpp"
#include "cluster/attempted.hpp"
#include "cluster/conditions.hpp"
#include "cluster/create_unless_there.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"

#include <converge/client/view.hpp>
#include <converge/model/condition.hpp>

#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cluster {

namespace {

using converge::client;
using converge::object;
using converge::object_ptr;
using converge::outcome;
using converge::task;
using converge::view;

/// How long a machine type is left alone after one of its machines failed.
constexpr std::chrono::minutes backoff{5};

/// The scheduler has tried it, and it is nowhere.
bool is_pending(object<pod> const& of)
{
    auto const* tried = find_condition(of.status.conditions, pod_condition::scheduled);
    return of.spec.node_name.empty() && of.spec.scheduling_gates.empty() &&
           !of.metadata.being_deleted() && tried != nullptr && tried->status == "False";
}

bool is_pending_pod(object_ptr<pod> const& of)
{
    return is_pending(*of);
}

scheduling::cluster_snapshot snapshot(view<pod> const& pods, view<node> const& nodes)
{
    scheduling::cluster_snapshot room;
    for (auto const& each : nodes.all())
        room.set_node(each);
    for (auto const& each : pods.all())
        room.set_pod(each);
    return room;
}

/// How long the type of a failed machine is still to be left alone.
converge::duration left_alone(object<machine> const& failed, converge::timestamp present)
{
    auto const* const since = find_condition(failed.status.conditions, machine_condition::failed);
    if (since == nullptr || !since->last_transition_time)
        return {};
    return *since->last_transition_time + backoff - present;
}

/// Which types to leave alone, and for how long at least.
struct failed_types {
    std::map<std::string, std::string> because{};
    std::optional<converge::duration> shortest{};
};

failed_types failed_lately(std::vector<object_ptr<machine>> const& machines,
                           converge::timestamp present)
{
    failed_types found;
    for (auto const& each : machines) {
        auto const left = left_alone(*each, present);
        if (each->status.phase != machine_phase::failed || left <= converge::duration::zero())
            continue;
        found.because.try_emplace(each->spec.machine_type, "machine " + each->metadata.name +
                                                               " was " + each->status.message);
        found.shortest = std::min(found.shortest.value_or(left), left);
    }
    return found;
}

/// Failed machines are kept for as long as their types are left alone, for people to see.
task<> clear_away(client api, std::vector<object_ptr<machine>> machines,
                  converge::timestamp present)
{
    for (auto const& each : machines) {
        bool const ours = !each->spec.pods.empty();
        if (!ours || each->status.phase != machine_phase::failed ||
            left_alone(*each, present) > converge::duration::zero())
            continue;
        auto how = converge::write_options{}.only_uid(each->metadata.uid);
        auto const gone = co_await attempted(api.remove(each->key(), std::move(how)));
        if (!gone && !gone.error().is(converge::errc::not_found))
            throw converge::error{gone.error()};
    }
}

task<> tell(client api, view<pod> pods, std::vector<scaling_verdict> verdicts)
{
    for (auto const& verdict : verdicts) {
        converge::key<pod> const id{converge::in_namespace{verdict.namespace_}, verdict.name};
        auto const about = pods.find(id);
        // What is on its way was told when it was decided.
        if (about == nullptr || verdict.code == verdict_code::fits_existing_node ||
            verdict.code == verdict_code::waiting_for_machine)
            continue;
        bool const hopeful = autoscaling::is_hopeful(verdict.code);
        auto const message = verdict.message +
                             (verdict.remedy.empty() ? "" : "; " + verdict.remedy);
        co_await api.record(*about, hopeful ? "Normal" : "Warning",
                            hopeful ? "TriggeredScaleUp" : "NotTriggerScaleUp", message);
    }
}

task<outcome> reconcile(client api, object<autoscaler> self, view<pod> pods, view<node> nodes,
                        view<machine_type> types, view<machine> machines,
                        scheduling::profile plugins)
{
    if (self.metadata.being_deleted())
        co_return converge::settled();
    auto const present = co_await wall_now();
    autoscaling::scaling_input input;
    auto const all_pods = pods.all();
    input.pending = all_pods | ranges::views::filter(is_pending_pod) | ranges::to<std::vector>();
    input.machine_types = types.all();
    input.machines = machines.all();
    input.options = self.spec;
    auto const failed = failed_lately(input.machines, present);
    input.backing_off = failed.because;
    auto decision = autoscaling::decide(input, snapshot(pods, nodes), plugins);
    for (auto const& wanted : decision.create)
        co_await create_unless_there(api, wanted);
    co_await tell(api, pods, decision.verdicts);
    co_await clear_away(api, input.machines, present);
    self.status.machines = static_cast<int>(input.machines.size() + decision.create.size());
    self.status.verdicts = std::move(decision.verdicts);
    co_await api.update_status(self);
    co_return failed.shortest ? converge::again_in(*failed.shortest) : converge::settled();
}

template <class K>
std::vector<converge::key<autoscaler>> the_one(converge::change<K> const&)
{
    return {converge::key<autoscaler>{"default"}};
}

} // namespace

converge::controller<autoscaler> autoscaler_controller(scheduling::profile plugins)
{
    auto const shared = std::make_shared<scheduling::profile const>(std::move(plugins));
    auto const decide = [shared](client api, object<autoscaler> self, view<pod> pods,
                                 view<node> nodes, view<machine_type> types,
                                 view<machine> machines) {
        return reconcile(std::move(api), std::move(self), std::move(pods), std::move(nodes),
                         std::move(types), std::move(machines), *shared);
    };
    return converge::controller<autoscaler>{decide}
        .watches<pod>(the_one<pod>)
        .watches<node>(the_one<node>)
        .watches<machine_type>(the_one<machine_type>)
        .watches<machine>(the_one<machine>);
}

} // namespace cluster
