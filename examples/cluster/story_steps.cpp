// SPDX-License-Identifier: BSL-1.0
#include "cluster/story_steps.hpp"

#include "cluster/story_actors.hpp"
#include "cluster/story_words.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace cluster {

namespace {

template <class Test>
bool all_of(pod_list const& pods, Test test)
{
    return std::all_of(pods.begin(), pods.end(), test);
}

converge::revision refused_at(pod_facts const* of) { return of->refused.at; }
bool is_bound(pod_facts const* of) { return static_cast<bool>(of->bound); }
/// An event tells of its refusal, and says whose it is.
bool is_told(pod_facts const* of) { return static_cast<bool>(of->failed_scheduling); }

/// The newest of the revisions that `at` finds in each.
template <class Range, class At>
converge::revision newest(Range const& of, At at)
{
    converge::revision found;
    for (auto const& each : of)
        found = std::max(found, std::invoke(at, each));
    return found;
}

template <class R>
bool describe(facts_of<R> const& in, std::vector<converge::object_key> const& wanted,
              std::string& text)
{
    for (auto const& id : wanted) {
        auto const found = in.find(id);
        if (found == in.end())
            return false;
        auto const& spec = found->second.now->spec;
        text += (text.empty() ? "" : "; ") + std::string{R::kind.kind} + " " + to_string(id) +
                ": " + std::to_string(spec.replicas) +
                (spec.replicas == 1 ? " instance" : " instances") +
                demand(spec.template_.spec, spec.replicas != 1);
    }
    return true;
}

step_answer workload_stored(story_facts const& facts)
{
    std::string text;
    auto const& subject = facts.subject();
    if (!describe(facts.deployments(), subject.deployments, text) ||
        !describe(facts.replica_sets(), subject.replica_sets, text))
        return not_yet{};
    auto const pods = facts.pods();
    for (auto const& id : subject.pods) {
        auto const found = std::find_if(pods.begin(), pods.end(), [&](auto const* each) {
            return each->now->key() == converge::key<pod>{id};
        });
        if (found == pods.end())
            return not_yet{};
        text += (text.empty() ? "" : "; ") + std::string{"Pod "} + to_string(id) +
                demand((*found)->now->spec, false);
    }
    return telling{applier(facts), "the API server accepts and stores " + text,
                   "the file says how the object should look; nobody says how to get there",
                   facts.at()};
}

step_answer instances_stored(story_facts const& facts)
{
    auto const& subject = facts.subject();
    if (subject.deployments.empty() && subject.replica_sets.empty())
        return left_out{};
    auto const pods = facts.pods();
    auto const sets_wanted = subject.deployments.size() + subject.replica_sets.size();
    if (facts.replica_sets().size() < sets_wanted || pods.size() < facts.wanted_pods())
        return not_yet{};
    auto const sets =
        listed(facts.replica_sets(), [](auto const& each) { return each.first.name; });
    auto const sets_at =
        newest(facts.replica_sets(), [](auto const& each) { return each.second.created; });
    std::string who = "replica-set";
    if (!subject.deployments.empty()) {
        auto const first =
            facts.teller(deployment::kind.kind, subject.deployments.front(), "ScalingReplicaSet");
        who = (first.empty() ? "deployment" : first) + ", " + who;
    }
    return telling{who,
                   "ReplicaSet " + sets + (pods.empty() ? "" : " and " + names(pods)) +
                       " are in the store, each write with a revision of its own",
                   "each controller watches the store and writes what is still missing",
                   std::max(sets_at, newest(pods, &pod_facts::created))};
}

step_answer first_placed(story_facts const& facts)
{
    auto const placed = facts.housed();
    // The scheduler holds its refusals back while it is not sure; when one runs, all that there is
    // room for are placed.
    bool const goes_on = !all_of(placed, [](auto const* each) {
        return !each->running;
    }) && all_of(placed, [](auto const* each) { return static_cast<bool>(each->scheduled); });
    if (!facts.all_answered() && !goes_on)
        return not_yet{};
    if (placed.empty())
        return left_out{};
    auto const& selector = placed.front()->now->spec.node_selector;
    return telling{component(placed.front()->scheduled, "scheduler"),
                   names(placed) + (placed.size() == 1 ? " goes" : " go") + " to " +
                       nodes_of(placed) +
                       (selector.empty() ? "" : ", which has " + pairs(selector)) + "; " +
                       agents(placed) + " will start " + (placed.size() == 1 ? "it" : "them"),
                   "events Scheduled: " +
                       listed(placed, [](auto const* each) { return each->scheduled.message; }),
                   newest(placed, [](auto const* each) { return each->scheduled.at; })};
}

std::string addresses(pod_list const& of)
{
    return listed(of, [](pod_facts const* each) {
        return each->record->spec.address + " is " + each->record->spec.host;
    });
}

step_answer first_named(story_facts const& facts)
{
    auto const placed = facts.housed();
    if (placed.empty())
        return left_out{};
    if (!all_of(placed, [](auto const* each) { return each->record && each->accepted; }))
        return not_yet{};
    return telling{"dns", addresses(placed),
                   "every instance gets a name, and an address of the cluster's own network",
                   newest(placed, &pod_facts::named)};
}

step_answer rest_pending(story_facts const& facts)
{
    auto const waiting = facts.refused();
    auto const placed = facts.housed();
    auto const is_pending = [](pod_facts const* each) {
        return each->now->status.phase == pod_phase::pending;
    };
    if (!facts.all_answered())
        return not_yet{};
    bool const passed = !waiting.empty() && !all_of(waiting, is_pending);
    if (waiting.empty() || passed)
        return left_out{};
    if (!all_of(waiting, is_told) ||
        !all_of(placed, [](auto const* each) { return static_cast<bool>(each->running); }))
        return not_yet{};
    auto const all = std::to_string(placed.size() + waiting.size());
    auto const refuser = component(waiting.front()->failed_scheduling, "scheduler");
    return telling{
        placed.empty() ? refuser
                       : tellers(facts, placed, "Started", agents(placed)) + ", " + refuser,
        std::to_string(placed.size()) + " Running, " + std::to_string(waiting.size()) +
            " Pending: " + names(waiting),
        placed.empty()
            ? std::string{"no node will do for "} + (waiting.size() == 1 ? "it" : "any of them")
            : "the nodes have room for " + std::to_string(placed.size()) + " of " + all,
        placed.empty() ? newest(waiting, refused_at) : newest(placed, &pod_facts::running)};
}

step_answer shortage_known(story_facts const& facts)
{
    auto const waiting = facts.refused();
    if (waiting.empty())
        return left_out{};
    if (!all_of(waiting, is_told))
        return not_yet{};
    return telling{component(waiting.front()->failed_scheduling, "scheduler"),
                   names(waiting) + ": condition PodScheduled is False, Unschedulable",
                   waiting.front()->refused.message, newest(waiting, refused_at)};
}

step_answer shortage_told(story_facts const& facts)
{
    auto const waiting = facts.refused();
    if (waiting.empty())
        return left_out{};
    if (!all_of(waiting, is_told))
        return not_yet{};
    auto const& first = waiting.front()->failed_scheduling;
    bool const same = first.message == waiting.front()->refused.message;
    return telling{component(first, "scheduler"),
                   "event FailedScheduling about " + names(waiting) +
                       ": the fact is in the store, where people and controllers see it",
                   same ? "" : first.message,
                   newest(waiting, [](auto const* each) { return each->failed_scheduling.at; })};
}

/// Whether somebody has seen to it that the pod will get a node.
bool provided_for(story_facts const& facts, pod_facts const* of)
{
    if (is_bound(of))
        return true;
    auto const* const verdict = facts.verdict_on(*of);
    return verdict != nullptr && (verdict->code == verdict_code::create_machine ||
                                  verdict->code == verdict_code::waiting_for_machine ||
                                  verdict->code == verdict_code::fits_existing_node);
}

step_answer machine_decided(story_facts const& facts)
{
    auto const waiting = facts.helped();
    auto const made = facts.new_machines();
    auto const refused = facts.refused();
    if (refused.empty() || (all_of(refused, is_bound) && made.empty()))
        return left_out{};
    if (made.empty() || waiting.empty() ||
        !all_of(waiting, [&](auto const* each) { return provided_for(facts, each); }))
        return not_yet{};
    return telling{tellers(facts, waiting, "TriggeredScaleUp", "autoscaler"),
                   (made.size() == 1 ? "Machine " : "Machines ") +
                       listed(made,
                              [](auto const* each) {
                                  return each->now->metadata.name + " of type " +
                                         each->now->spec.machine_type;
                              }) +
                       is_or_are(made.size()) + " to be created",
                   listed(
                       made, [](auto const* each) { return each->now->spec.reason; }, " "),
                   newest(made, [](auto const* each) { return each->created; })};
}

step_answer node_ready(story_facts const& facts)
{
    auto const made = facts.new_machines();
    if (made.empty() || facts.refused().empty())
        return left_out{};
    converge::revision at;
    for (auto const* const each : made) {
        auto const node = facts.nodes().find({"", each->now->metadata.name});
        if (node == facts.nodes().end() || !node->second.ready)
            return not_yet{};
        at = std::max(at, node->second.ready);
    }
    auto const name = [](auto const* each) { return each->now->metadata.name; };
    return telling{"machine-provisioner, " +
                       listed(made, [&](auto const* each) { return "agent-" + name(each); }),
                   (made.size() == 1 ? "Node " : "Nodes ") + listed(made, name) +
                       is_or_are(made.size()) + " Ready",
                   "the machine booted, and its own agent registered it", at};
}

/// A step that every pod goes through that had to wait.
template <class Holds, class Tell>
step_answer of_waiting(story_facts const& facts, Holds holds, Tell tell)
{
    if (facts.refused().empty())
        return left_out{};
    auto const waiting = facts.helped();
    bool const held = !waiting.empty() && all_of(waiting, holds);
    return held ? step_answer{tell(waiting)} : step_answer{not_yet{}};
}

/// Bound, and an event says by whom.
bool is_scheduled(pod_facts const* of) { return of->bound && of->scheduled; }

step_answer rest_bound(story_facts const& facts)
{
    return of_waiting(facts, is_scheduled, [](pod_list const& pods) {
        auto const& selector = pods.front()->now->spec.node_selector;
        return telling{component(pods.front()->scheduled, "scheduler"),
                       names(pods) + is_or_are(pods.size()) + " bound to " + nodes_of(pods),
                       "asked again, it sees a node with room" +
                           (selector.empty() ? "" : " and " + pairs(selector)),
                       newest(pods, &pod_facts::bound)};
    });
}

step_answer rest_scheduled(story_facts const& facts)
{
    return of_waiting(
        facts, [](auto const* each) { return static_cast<bool>(each->scheduled); },
        [](pod_list const& pods) {
            return telling{component(pods.front()->scheduled, "scheduler"),
                           "event Scheduled about " + names(pods),
                           listed(pods, [](auto const* each) { return each->scheduled.message; }),
                           newest(pods, [](auto const* each) { return each->scheduled.at; })};
        });
}

step_answer rest_placed(story_facts const& facts)
{
    return of_waiting(
        facts, [](auto const* each) { return static_cast<bool>(each->placed); },
        [](pod_list const& pods) {
            return telling{component(pods.front()->scheduled, "scheduler"),
                           names(pods) +
                               ": condition PodScheduled is True; the next move is that "
                               "of " +
                               agents(pods),
                           "", newest(pods, &pod_facts::placed)};
        });
}

step_answer rest_accepted(story_facts const& facts)
{
    return of_waiting(
        facts, [](auto const* each) { return static_cast<bool>(each->accepted); },
        [](pod_list const& pods) {
            return telling{agents(pods),
                           names(pods) + is_or_are(pods.size()) + " accepted; a finalizer says so",
                           "the node has the room that the scheduler counted on",
                           newest(pods, &pod_facts::accepted)};
        });
}

step_answer rest_named(story_facts const& facts)
{
    return of_waiting(
        facts, [](auto const* each) { return each->record != nullptr; },
        [](pod_list const& pods) {
            return telling{"dns", addresses(pods),
                           "the agent has accepted the instance; it starts once it has an address",
                           newest(pods, &pod_facts::named)};
        });
}

step_answer rest_running(story_facts const& facts)
{
    return of_waiting(
        facts, [](auto const* each) { return static_cast<bool>(each->running); },
        [&](pod_list const& pods) {
            return telling{tellers(facts, pods, "Started", agents(pods)),
                           listed(pods,
                                  [](auto const* each) {
                                      return "Pod " + each->now->metadata.name + " is Running at " +
                                             each->now->status.pod_ip;
                                  }),
                           "the agent started it, and reports so",
                           newest(pods, &pod_facts::running)};
        });
}

template <class R>
std::string ready_counts(facts_of<R> const& in, std::vector<converge::object_key> const& of)
{
    return listed(of, [&](converge::object_key const& id) {
        auto const& now = *in.find(id)->second.now;
        return std::string{R::kind.kind} + " " + to_string(id) +
               " is Available: " + std::to_string(now.status.ready_replicas) + "/" +
               std::to_string(now.spec.replicas) + " ready";
    });
}

step_answer all_available(story_facts const& facts)
{
    if (!facts.all_running())
        return not_yet{};
    auto const& subject = facts.subject();
    constexpr char const* why = "the agents report back, and the controllers write the final state";
    if (!subject.deployments.empty())
        return telling{"deployment", ready_counts(facts.deployments(), subject.deployments), why,
                       facts.at()};
    if (!subject.replica_sets.empty())
        return telling{"replica-set", ready_counts(facts.replica_sets(), subject.replica_sets), why,
                       facts.at()};
    auto const pods = facts.pods();
    return telling{agents(pods), names(pods) + is_or_are(pods.size()) + " ready", "", facts.at()};
}

} // namespace

std::array<step_rule, 16> const& story_steps()
{
    static constexpr std::array<step_rule, 16> steps{{
        {1, "the workload is stored", &workload_stored},
        {2, "its ReplicaSet and Pods are stored", &instances_stored},
        {3, "the scheduler places the first instances", &first_placed},
        {4, "DNS gives them addresses and names", &first_named},
        {5, "as many run as there is room for", &rest_pending},
        {6, "the condition of the others says what is short", &shortage_known},
        {7, "an event tells it to the control plane", &shortage_told},
        {8, "the autoscaler decides to create a machine", &machine_decided},
        {9, "the new machine is a Ready node", &node_ready},
        {10, "the waiting instances are bound", &rest_bound},
        {11, "an event says so", &rest_scheduled},
        {12, "their condition says so", &rest_placed},
        {13, "the agent of the new node takes them on", &rest_accepted},
        {14, "DNS gives them addresses and names", &rest_named},
        {15, "they run", &rest_running},
        {16, "the workload is available", &all_available},
    }};
    return steps;
}

} // namespace cluster
