// SPDX-License-Identifier: BSL-1.0
#include "cluster/story_facts.hpp"

#include "autoscaler/explain.hpp"
#include "cluster/dns_controller.hpp"

#include <converge/codec/encode.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/finalizers.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace cluster {

namespace {

using converge::revision;

/// Sets a revision the first time that something holds.
void mark(revision& when, bool holds, revision at)
{
    if (holds && !when)
        when = at;
}

bool serves(converge::object<deployment> const& of)
{
    return of.status.observed_generation >= of.metadata.generation &&
           of.status.ready_replicas == of.spec.replicas &&
           of.status.updated_replicas == of.spec.replicas &&
           of.status.replicas == of.spec.replicas &&
           converge::is_true(of.status.conditions, "Available");
}

bool serves(converge::object<replica_set> const& of)
{
    return of.status.observed_generation >= of.metadata.generation &&
           of.status.ready_replicas == of.spec.replicas && of.status.replicas == of.spec.replicas;
}

bool serves(converge::object<node> const& of)
{
    return converge::is_true(of.status.conditions, node_condition::ready);
}

bool serves(converge::object<machine> const& of)
{
    return of.status.phase == machine_phase::running;
}

bool serves(converge::object<pod> const& of)
{
    return of.status.phase == pod_phase::running && !of.status.pod_ip.empty() &&
           converge::is_true(of.status.conditions, pod_condition::ready);
}

template <class R>
void note_object(facts_of<R>& all, converge::store_event const& change)
{
    if (!change.current) {
        all.erase(change.previous.key());
        return;
    }
    auto& facts = all[change.current.key()];
    facts.now = change.current.as<R>();
    mark(facts.created, true, change.at);
    mark(facts.ready, serves(*facts.now), change.at);
}

template <class R>
object_facts<R> const* find(facts_of<R> const& in, converge::object_key const& id)
{
    auto const found = in.find(id);
    return found == in.end() ? nullptr : &found->second;
}

std::string name_of(std::string_view kind, converge::object_key const& id)
{
    return std::string{kind} + " " + to_string(id);
}

template <class R>
bool all_serve(facts_of<R> const& in, std::vector<converge::object_key> const& wanted)
{
    return std::all_of(wanted.begin(), wanted.end(), [&](converge::object_key const& id) {
        auto const* const found = find(in, id);
        return found != nullptr && serves(*found->now);
    });
}

template <class R>
void name_missing(facts_of<R> const& in, std::vector<converge::object_key> const& wanted,
                  std::vector<std::string>& lines)
{
    for (auto const& id : wanted) {
        auto const* const found = find(in, id);
        if (found == nullptr)
            lines.push_back(name_of(R::kind.kind, id) + " is not stored");
        else if (!serves(*found->now))
            lines.push_back(name_of(R::kind.kind, id) + ": " +
                            std::to_string(found->now->status.ready_replicas) + " of " +
                            std::to_string(found->now->spec.replicas) + " instances are ready");
    }
}

/// Why a pod is not what it should be.
std::string state_of(converge::object<pod> const& of)
{
    auto text = name_of("Pod", of.key()) + ": " +
                boost::json::value_to<std::string>(converge::encode(of.status.phase));
    for (auto const& each : of.status.conditions)
        if (each.status != "True")
            text += "; " + each.type + " is " + each.status +
                    (each.reason.empty() ? "" : " (" + each.reason + ")") +
                    (each.message.empty() ? "" : ": " + each.message);
    for (auto const& each : of.status.container_statuses)
        if (each.state.waiting)
            text += "; container " + each.name + " waits: " + each.state.waiting->reason + " " +
                    each.state.waiting->message;
    return text;
}

} // namespace

void story_facts::note(converge::store_event const& change)
{
    at_ = change.at;
    auto const& type = (change.current ? change.current : change.previous).type();
    if (type.kind == pod::kind)
        note_pod(change);
    else if (type.kind == deployment::kind)
        note_object(deployments_, change);
    else if (type.kind == replica_set::kind)
        note_object(sets_, change);
    else if (type.kind == node::kind)
        note_object(nodes_, change);
    else if (type.kind == machine::kind)
        note_object(machines_, change);
    else if (type.kind == autoscaler::kind)
        scaling_ = change.current ? change.current.as<autoscaler>() : nullptr;
    else if (type.kind == dns_record::kind && change.current)
        note_record(change.current.as<dns_record>(), change.at);
    else if (type.kind == converge::event::kind && change.current)
        note_event(change.current.as<converge::event>()->content, change.at);
}

void story_facts::note_pod(converge::store_event const& change)
{
    if (!change.current) {
        pods_.erase(change.previous.key());
        return;
    }
    auto& facts = pods_[change.current.key()];
    facts.now = change.current.as<pod>();
    auto const& of = *facts.now;
    mark(facts.created, true, change.at);
    mark(facts.bound, !of.spec.node_name.empty(), change.at);
    if (of.spec.node_name.empty()) // An agent gave it back.
        facts.bound = {};
    mark(facts.placed, converge::is_true(of.status.conditions, pod_condition::scheduled),
         change.at);
    mark(facts.accepted, converge::has_finalizer(of.metadata, agent_finalizer), change.at);
    mark(facts.running, of.status.phase == pod_phase::running && !of.status.pod_ip.empty(),
         change.at);
    auto const* const said = find_condition(of.status.conditions, pod_condition::scheduled);
    bool const gated = said != nullptr && said->reason == "SchedulingGated";
    if (said != nullptr && said->status == "False" && !gated && !facts.refused)
        facts.refused = {change.at, "scheduler", said->message};
}

void story_facts::note_event(converge::event::content const& said, revision at)
{
    converge::object_key const about{said.involved_object.namespace_, said.involved_object.name};
    tellers_.try_emplace({said.involved_object.kind, about, said.reason}, said.source.component);
    if (said.involved_object.kind != pod::kind.kind)
        return;
    auto& facts = pods_[about];
    auto const keep = [&](sighting& first, std::string_view reason) {
        if (said.reason == reason && !first)
            first = {at, said.source.component, said.message};
    };
    keep(facts.scheduled, "Scheduled");
    keep(facts.failed_scheduling, "FailedScheduling");
}

void story_facts::note_record(converge::object_ptr<dns_record> const& made, revision at)
{
    if (made->spec.owner_kind != pod::kind.kind)
        return;
    auto const& space = made->spec.owner_namespace;
    auto& facts =
        pods_[{space.empty() ? converge::default_namespace : space, made->spec.owner_name}];
    facts.record = made;
    mark(facts.named, true, at);
}

pod_list story_facts::pods() const
{
    return those([](pod_facts const&) { return true; });
}

pod_list story_facts::housed() const
{
    return those([](pod_facts const& each) { return each.bound && !each.refused; });
}

pod_list story_facts::refused() const
{
    return those([](pod_facts const& each) { return static_cast<bool>(each.refused); });
}

pod_list story_facts::helped() const
{
    return those([this](pod_facts const& each) { return each.refused && !is_hopeless(each); });
}

bool story_facts::all_answered() const
{
    auto const open = those(
        [](pod_facts const& each) { return !each.refused && (!each.bound || !each.scheduled); });
    return open.empty();
}

template <class Test>
pod_list story_facts::those(Test test) const
{
    pod_list found;
    for (auto const& [id, facts] : pods_)
        if (facts.now != nullptr && test(facts))
            found.push_back(&facts);
    return found;
}

std::size_t story_facts::wanted_pods() const
{
    auto wanted = subject_.pods.size();
    auto const count = [&](auto const& in, std::vector<converge::object_key> const& ids) {
        for (auto const& id : ids)
            if (auto const* const found = find(in, id))
                wanted += static_cast<std::size_t>(std::max(found->now->spec.replicas, 0));
    };
    count(deployments_, subject_.deployments);
    count(sets_, subject_.replica_sets);
    return wanted;
}

std::vector<object_facts<machine> const*> story_facts::new_machines() const
{
    std::vector<object_facts<machine> const*> made;
    for (auto const& [id, facts] : machines_)
        if (!subject_.given_machines.contains(id.name))
            made.push_back(&facts);
    std::sort(made.begin(), made.end(),
              [](auto const* left, auto const* right) { return left->created < right->created; });
    return made;
}

std::string story_facts::teller(std::string_view kind, converge::object_key const& id,
                                std::string_view reason) const
{
    auto const found = tellers_.find({std::string{kind}, id, std::string{reason}});
    return found == tellers_.end() ? std::string{} : found->second;
}

scaling_verdict const* story_facts::verdict_on(pod_facts const& about) const
{
    if (scaling_ == nullptr)
        return nullptr;
    auto const& meta = about.now->metadata;
    auto const& verdicts = scaling_->status.verdicts;
    auto const found = std::find_if(verdicts.begin(), verdicts.end(), [&](auto const& each) {
        return std::tie(each.name, each.namespace_) == std::tie(meta.name, meta.namespace_);
    });
    return found == verdicts.end() ? nullptr : &*found;
}

bool story_facts::is_hopeless(pod_facts const& about) const
{
    auto const* const verdict = about.bound ? nullptr : verdict_on(about);
    return verdict != nullptr && !autoscaling::is_hopeful(verdict->code);
}

std::vector<scaling_verdict const*> story_facts::hopeless() const
{
    std::vector<scaling_verdict const*> found;
    for (auto const* const each : pods())
        if (is_hopeless(*each))
            found.push_back(verdict_on(*each));
    return found;
}

bool story_facts::needs_a_person() const
{
    auto const there = pods();
    auto const stuck = [this](pod_facts const* each) { return is_hopeless(*each); };
    return there.size() == wanted_pods() && std::any_of(there.begin(), there.end(), stuck) &&
           std::all_of(there.begin(), there.end(),
                       [&](pod_facts const* each) { return stuck(each) || serves(*each->now); });
}

bool story_facts::all_running() const
{
    auto const there = pods();
    return all_serve(deployments_, subject_.deployments) &&
           all_serve(sets_, subject_.replica_sets) && there.size() == wanted_pods() &&
           std::all_of(there.begin(), there.end(),
                       [](pod_facts const* each) { return serves(*each->now); });
}

std::vector<std::string> story_facts::missing() const
{
    std::vector<std::string> lines;
    name_missing(deployments_, subject_.deployments, lines);
    name_missing(sets_, subject_.replica_sets, lines);
    auto const there = pods();
    if (there.size() != wanted_pods())
        lines.push_back(std::to_string(there.size()) + " Pods are stored, " +
                        std::to_string(wanted_pods()) + " are wanted");
    for (auto const* const each : there)
        if (!serves(*each->now))
            lines.push_back(state_of(*each->now));
    for (auto const& [id, facts] : machines_)
        if (!serves(*facts.now))
            lines.push_back(
                name_of("Machine", id) + ": " +
                boost::json::value_to<std::string>(converge::encode(facts.now->status.phase)) +
                (facts.now->status.message.empty() ? "" : ": " + facts.now->status.message));
    return lines;
}

} // namespace cluster
