// SPDX-License-Identifier: BSL-1.0
#include "cluster/autoscaler_controller.hpp"

#include "autoscaler/decide.hpp"
#include "autoscaler/explain.hpp"
#include "cluster/create_unless_there.hpp"
#include "cluster/is_still_there.hpp"
#include "cluster/remove_if_there.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"

#include <converge/async/sleep.hpp>
#include <converge/client/view.hpp>
#include <converge/model/condition.hpp>

#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
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
/// How long a node that fell silent is expected back before another takes its place.
constexpr std::chrono::minutes patience{2};

/// The scheduler has tried it, and it is nowhere.
bool is_pending(object<pod> const& of)
{
    auto const* tried = find_condition(of.status.conditions, pod_condition::scheduled);
    return of.spec.node_name.empty() && of.spec.scheduling_gates.empty() &&
           !of.metadata.being_deleted() && tried != nullptr && tried->status == "False";
}

bool is_pending_pod(object_ptr<pod> const& of) { return is_pending(*of); }

/// All that a decision hangs on, beside the autoscaler itself.
struct state_of_cluster {
    std::vector<object_ptr<pod>> pods;
    std::vector<object_ptr<node>> nodes;
    std::vector<object_ptr<machine_type>> types;
    std::vector<object_ptr<machine>> machines;
};

template <class R>
task<> list_now(client api, std::vector<object_ptr<R>>& into)
{
    auto const all = co_await api.list<R>();
    into.assign(all.begin(), all.end());
}

/// The state as it is, whatever the caches show.
task<state_of_cluster> read_state(client api)
{
    state_of_cluster now;
    co_await list_now(api, now.types);
    co_await list_now(api, now.machines);
    co_await list_now(api, now.nodes);
    co_await list_now(api, now.pods);
    co_return now;
}

scheduling::cluster_snapshot snapshot(state_of_cluster const& of)
{
    scheduling::cluster_snapshot room;
    for (auto const& each : of.nodes)
        room.set_node(each);
    for (auto const& each : of.pods)
        room.set_pod(each);
    return room;
}

/// When this process first saw what it now waits for. The wall clock, by which the objects tell,
/// may jump; what is missed after a restart is waited for anew.
class first_sights {
public:
    /// Forgets what nobody asked for since this was last called.
    void begin_pass() { earlier_ = std::exchange(latest_, {}); }

    /// How much is left of `most` since something about an object was first seen, as it is told
    /// apart by its time.
    [[nodiscard]] converge::duration left(converge::uid const& of, converge::timestamp told,
                                          converge::duration most, converge::instant now)
    {
        std::pair const what{of, told};
        auto const known = earlier_.find(what);
        auto const first = known == earlier_.end() ? now : known->second;
        return latest_.try_emplace(what, first).first->second + most - now;
    }

private:
    using sights = std::map<std::pair<converge::uid, converge::timestamp>, converge::instant>;

    sights earlier_;
    sights latest_;
};

/// A moment, and what is waited for in it.
struct moment {
    first_sights& seen;
    converge::instant now{};

    /// How much is left of `most` since a condition became what it is; nothing without one.
    [[nodiscard]] converge::duration left(converge::uid const& of, converge::condition const* since,
                                          converge::duration most) const
    {
        if (since == nullptr || !since->last_transition_time)
            return {};
        return seen.left(of, *since->last_transition_time, most, now);
    }
};

/// How long the type of a failed machine is still to be left alone.
converge::duration left_alone(object<machine> const& failed, moment const& at)
{
    auto const* const since = find_condition(failed.status.conditions, machine_condition::failed);
    return at.left(failed.metadata.uid, since, backoff);
}

/// Which types to leave alone, and for how long at least.
struct failed_types {
    std::map<std::string, std::string> because{};
    std::optional<converge::duration> shortest{};
};

failed_types failed_lately(std::vector<object_ptr<machine>> const& machines, moment const& at)
{
    failed_types found;
    for (auto const& each : machines) {
        if (each->status.phase != machine_phase::failed)
            continue;
        auto const left = left_alone(*each, at);
        if (left <= converge::duration::zero())
            continue;
        found.because.try_emplace(each->spec.machine_type, "machine " + each->metadata.name +
                                                               " was " + each->status.message);
        found.shortest = std::min(found.shortest.value_or(left), left);
    }
    return found;
}

/// Nodes that are expected back, and when to look again at the latest.
struct silent_nodes {
    std::set<std::string> names{};
    std::optional<converge::duration> shortest{};
};

silent_nodes silent_lately(std::vector<object_ptr<node>> const& nodes, moment const& at)
{
    silent_nodes found;
    for (auto const& each : nodes) {
        auto const* const ready = find_condition(each->status.conditions, node_condition::ready);
        if (ready == nullptr || ready->status != "Unknown")
            continue;
        auto const left = at.left(each->metadata.uid, ready, patience);
        if (left <= converge::duration::zero())
            continue;
        found.names.insert(each->metadata.name);
        found.shortest = std::min(found.shortest.value_or(left), left);
    }
    return found;
}

/// Failed machines are kept for as long as their types are left alone, for people to see.
std::vector<object_ptr<machine>> to_clear_away(std::vector<object_ptr<machine>> machines,
                                               moment const& at)
{
    std::erase_if(machines, [&](auto const& each) {
        bool const ours = !each->spec.pods.empty();
        return !ours || each->status.phase != machine_phase::failed ||
               left_alone(*each, at) > converge::duration::zero();
    });
    return machines;
}

task<> tell(client api, std::vector<object_ptr<pod>> pods, std::vector<scaling_verdict> verdicts)
{
    std::map<std::string, object_ptr<pod>> known;
    for (auto const& each : pods)
        known.emplace(each->metadata.uid.str(), each);
    for (auto const& verdict : verdicts) {
        auto const about = known.find(verdict.uid);
        // What is on its way was told when it was decided.
        if (about == known.end() || verdict.code == verdict_code::fits_existing_node ||
            verdict.code == verdict_code::waiting_for_machine)
            continue;
        bool const hopeful = autoscaling::is_hopeful(verdict.code);
        auto const message =
            verdict.message + (verdict.remedy.empty() ? "" : "; " + verdict.remedy);
        co_await api.record(*about->second, hopeful ? "Normal" : "Warning",
                            hopeful ? "TriggeredScaleUp" : "NotTriggerScaleUp", message);
    }
}

autoscaling::decision decide_on(state_of_cluster const& state, autoscaler::spec const& options,
                                moment const& at, scheduling::profile const& plugins)
{
    autoscaling::scaling_input input;
    input.pending = state.pods | ranges::views::filter(is_pending_pod) | ranges::to<std::vector>();
    input.machine_types = state.types;
    input.machines = state.machines;
    input.options = options;
    input.backing_off = failed_lately(state.machines, at).because;
    input.silent = silent_lately(state.nodes, at).names;
    return autoscaling::decide(input, snapshot(state), plugins);
}

/// When time alone changes what is to be decided.
std::optional<converge::duration> next_look(state_of_cluster const& state, moment const& at)
{
    auto const failed = failed_lately(state.machines, at).shortest;
    auto const silent = silent_lately(state.nodes, at).shortest;
    return failed && silent ? std::min(failed, silent) : failed ? failed : silent;
}

class scaler {
public:
    explicit scaler(scheduling::profile plugins) : plugins_{std::move(plugins)} {}

    task<outcome> reconcile(client api, object<autoscaler> self, state_of_cluster state)
    {
        if (self.metadata.being_deleted())
            co_return converge::settled();
        seen_.begin_pass();
        auto const now = co_await converge::now();
        moment const at{seen_, now};
        auto decision = decide_on(state, self.spec, at, plugins_);
        bool const acts = !decision.create.empty();
        if (acts) {
            // A cache that is behind would have a need met twice, and that costs a machine.
            state = co_await read_state(api);
            decision = decide_on(state, self.spec, at, plugins_);
        }
        for (auto const& each : decision.create)
            co_await create_unless_there(api, each);
        co_await tell(api, state.pods, decision.verdicts);
        auto const old = to_clear_away(state.machines, at);
        for (auto const& each : old)
            co_await remove_if_there(api, each);
        self.status.machines = static_cast<int>(state.machines.size() + decision.create.size());
        self.status.verdicts = std::move(decision.verdicts);
        co_await api.update_status(self);
        auto next = next_look(state, at);
        if (acts)
            next = std::min<converge::duration>(next.value_or(cache_lag), cache_lag);
        co_return next ? converge::again_in(*next) : converge::settled();
    }

private:
    scheduling::profile plugins_;
    first_sights seen_;
};

template <class K>
std::vector<converge::key<autoscaler>> the_one(converge::change<K> const&)
{
    return {converge::key<autoscaler>{"default"}};
}

} // namespace

converge::controller<autoscaler> autoscaler_controller(scheduling::profile plugins)
{
    auto const self = std::make_shared<scaler>(std::move(plugins));
    auto const decide = [self](client api, object<autoscaler> of, view<pod> pods, view<node> nodes,
                               view<machine_type> types, view<machine> machines) {
        state_of_cluster state{pods.all(), nodes.all(), types.all(), machines.all()};
        return self->reconcile(std::move(api), std::move(of), std::move(state));
    };
    return converge::controller<autoscaler>{decide}
        .watches<pod>(the_one<pod>)
        .watches<node>(the_one<node>)
        .watches<machine_type>(the_one<machine_type>)
        .watches<machine>(the_one<machine>);
}

} // namespace cluster
