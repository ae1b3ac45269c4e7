// SPDX-License-Identifier: BSL-1.0
#include "cluster/autoscaler_controller.hpp"

#include "autoscaler/decide.hpp"
#include "autoscaler/explain.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"

#include <converge/client/view.hpp>
#include <converge/model/condition.hpp>

#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>

#include <memory>
#include <optional>
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

/// The scheduler has tried it, and it is nowhere.
bool is_pending(object<pod> const& of)
{
    auto const* tried = find_condition(of.status.conditions, pod_condition::scheduled);
    return of.spec.node_name.empty() && !of.metadata.being_deleted() && tried != nullptr &&
           tried->status == "False";
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

/// @returns whether this call created it.
task<bool> create(client api, object<machine> wanted)
{
    std::optional<converge::failure> refused;
    try {
        co_await api.create(wanted);
    } catch (converge::error const& failed) {
        refused = failed.reason();
    }
    if (refused && !refused->is(converge::errc::already_exists))
        throw converge::error{*refused};
    co_return !refused;
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
    autoscaling::scaling_input input;
    auto const all_pods = pods.all();
    input.pending = all_pods | ranges::views::filter(is_pending_pod) | ranges::to<std::vector>();
    input.machine_types = types.all();
    input.machines = machines.all();
    input.options = self.spec;
    auto decision = autoscaling::decide(input, snapshot(pods, nodes), plugins);
    for (auto const& wanted : decision.create)
        co_await create(api, wanted);
    co_await tell(api, pods, decision.verdicts);
    self.status.machines = static_cast<int>(input.machines.size() + decision.create.size());
    self.status.verdicts = std::move(decision.verdicts);
    co_await api.update_status(self);
    co_return converge::settled();
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
