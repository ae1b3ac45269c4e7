// SPDX-License-Identifier: BSL-1.0
#include "scheduler/balanced_allocation.hpp"
#include "scheduler/least_allocated.hpp"
#include "scheduler/most_allocated.hpp"
#include "scheduler/node_affinity.hpp"
#include "scheduler/node_name.hpp"
#include "scheduler/node_ports.hpp"
#include "scheduler/node_ready.hpp"
#include "scheduler/node_resources_fit.hpp"
#include "scheduler/node_selector_match.hpp"
#include "scheduler/node_unschedulable.hpp"
#include "scheduler/pod_topology_spread.hpp"
#include "scheduler/profile.hpp"
#include "scheduler/taint_toleration.hpp"

#include <converge/model/condition.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace scheduling {

namespace {

constexpr std::int64_t score_max = 100;

bool tolerated(pod_info const& pod, cluster::taint const& taint)
{
    auto const& by = pod.spec().tolerations;
    return std::any_of(by.begin(), by.end(),
                       [&](auto const& each) { return cluster::tolerates(each, taint); });
}

obstacle lack_of(std::string const& resource, converge::quantity const& needs,
                 node_info const& node)
{
    auto const capacity = node.capacity(resource);
    auto const free = node.free(resource);
    obstacle lack{
        .plugin = std::string{node_resources_fit::name},
        .reason = resource == "pods" ? "Too many pods" : "Insufficient " + resource,
        .resource = resource,
        .needs = needs.str(),
        .offers = free.str(),
        .short_ = (needs - free).str(),
        .help = needs > capacity ? resolvable::never : resolvable::by_preemption,
    };
    lack.detail = "needs " + lack.needs + ", free " + lack.offers + " (capacity " + capacity.str() +
                  ", used " + node.used(resource).str() + ")";
    return lack;
}

/// cpu and memory before the others: what people look for first.
int rank_of(std::string const& resource)
{
    return resource == "cpu" ? 0 : resource == "memory" ? 1 : resource == "pods" ? 2 : 3;
}

/// Used and available amounts in one unit each, small enough to be multiplied by a million.
struct share {
    std::int64_t used;
    std::int64_t capacity;

    [[nodiscard]] std::int64_t of(std::int64_t whole) const
    {
        constexpr std::int64_t exact_max = std::int64_t{1} << 40;
        auto const step = capacity > exact_max ? capacity / exact_max + 1 : 1;
        return std::clamp(used, std::int64_t{0}, capacity) / step * whole / (capacity / step);
    }
};

std::vector<share> shares_for_scoring(placement_question const& asked)
{
    auto const& used = asked.node.scoring_used();
    auto const& needs = asked.pod.scoring;
    std::vector<share> shares{
        {used.cpu_milli + needs.cpu_milli, asked.node.capacity("cpu").milli()},
        {used.memory_bytes + needs.memory_bytes, asked.node.capacity("memory").value()}};
    std::erase_if(shares, [](share const& each) { return each.capacity <= 0; });
    return shares;
}

/// The mean, over the resources, of what `score` makes of each share.
template <class Score>
std::int64_t mean_score(std::vector<share> const& shares, Score score)
{
    std::int64_t sum = 0;
    for (auto const& each : shares)
        sum += score(each);
    return shares.empty() ? 0 : sum / static_cast<std::int64_t>(shares.size());
}

converge::quantity requested(pod_info const& pod, char const* resource)
{
    auto const amount = pod.requests.find(resource);
    return amount == pod.requests.end() ? converge::quantity{} : amount->second;
}

/// 100 for equal shares of cpu and memory, 50 for shares as far apart as can be.
std::int64_t balance(converge::quantity const& cpu, converge::quantity const& memory,
                     node_info const& node)
{
    constexpr std::int64_t million = 1'000'000;
    share const of_cpu{cpu.milli(), node.capacity("cpu").milli()};
    share const of_memory{memory.value(), node.capacity("memory").value()};
    if (of_cpu.capacity <= 0 || of_memory.capacity <= 0)
        return score_max;
    auto const apart = std::abs(of_cpu.of(million) - of_memory.of(million));
    return (score_max * million - score_max / 2 * apart) / million;
}

char const* const spread_reason = "node(s) didn't match pod topology spread constraints";

} // namespace

void node_unschedulable::filter(placement_question const& asked, obstacles& found) const
{
    cluster::taint const cordon{"node.kubernetes.io/unschedulable", "",
                                cluster::taint_effect::no_schedule};
    if (!asked.node.spec().unschedulable || tolerated(asked.pod, cordon))
        return;
    found.push_back({.plugin = std::string{name},
                     .reason = "node(s) were unschedulable",
                     .resource = cordon.key,
                     .needs = "a schedulable node",
                     .offers = "spec.unschedulable: true",
                     .detail = "the node is cordoned; \"kubectl uncordon " + asked.node.name() +
                               "\" opens it"});
}

void node_ready::filter(placement_question const& asked, obstacles& found) const
{
    auto const* const ready =
        converge::find_condition(asked.node.status().conditions, cluster::node_condition::ready);
    if (ready != nullptr && ready->status == "True")
        return;
    obstacle not_ready{.plugin = std::string{name},
                       .reason = "node(s) were not ready",
                       .resource = "Ready",
                       .needs = "True",
                       .offers = ready == nullptr ? "" : ready->status};
    not_ready.detail = ready == nullptr ? "its agent has not reported yet"
                                        : "Ready is " + not_ready.offers +
                                              (ready->message.empty() ? "" : ": " + ready->message);
    found.push_back(std::move(not_ready));
}

void node_name::filter(placement_question const& asked, obstacles& found) const
{
    auto const& wanted = asked.pod.spec().node_name;
    if (wanted.empty() || wanted == asked.node.name())
        return;
    found.push_back({.plugin = std::string{name},
                     .reason = "node(s) didn't match the requested node name",
                     .resource = "spec.nodeName",
                     .needs = wanted,
                     .offers = asked.node.name(),
                     .detail = "the pod asks for node " + wanted});
}

void taint_toleration::filter(placement_question const& asked, obstacles& found) const
{
    for (auto const& taint : asked.node.spec().taints) {
        bool const keeps_off = taint.effect != cluster::taint_effect::prefer_no_schedule;
        if (!keeps_off || tolerated(asked.pod, taint))
            continue;
        found.push_back({.plugin = std::string{name},
                         .reason = "node(s) had untolerated taint(s)",
                         .resource = taint.key,
                         .needs = "a toleration",
                         .offers = to_string(taint),
                         .detail = "the pod does not tolerate " + to_string(taint)});
    }
}

std::int64_t taint_toleration::score(placement_question const& asked) const
{
    auto const& taints = asked.node.spec().taints;
    return std::count_if(taints.begin(), taints.end(), [&](cluster::taint const& taint) {
        return taint.effect == cluster::taint_effect::prefer_no_schedule &&
               !tolerated(asked.pod, taint);
    });
}

void node_affinity::filter(placement_question const& asked, obstacles& found) const
{
    if (selects(asked.pod, asked.node))
        return;
    for (auto const& mismatch : label_mismatches(asked.pod, asked.node))
        found.push_back(
            {.plugin = std::string{name},
             .reason = "node(s) didn't match Pod's node affinity/selector",
             .resource = mismatch.key,
             .needs = mismatch.needs,
             .offers = mismatch.offers,
             .detail = "label " + mismatch.key + ": needs " + mismatch.needs + ", " +
                       (mismatch.offers.empty() ? "has none" : "has " + mismatch.offers)});
}

std::int64_t node_affinity::score(placement_question const& asked) const
{
    std::int64_t sum = 0;
    for (auto const& term :
         asked.pod.spec()
             .affinity.node_affinity.preferred_during_scheduling_ignored_during_execution)
        if (selects(term.preference, asked.node))
            sum += term.weight;
    return sum;
}

void node_ports::filter(placement_question const& asked, obstacles& found) const
{
    for (auto const& wanted : asked.pod.host_ports) {
        auto const& taken = asked.node.host_ports();
        if (std::none_of(taken.begin(), taken.end(),
                         [&](auto const& each) { return conflict(each, wanted); }))
            continue;
        auto const port = std::to_string(wanted.port);
        found.push_back({.plugin = std::string{name},
                         .reason = "node(s) didn't have free ports for the requested pod ports",
                         .resource = "hostPort",
                         .needs = port,
                         .offers = "taken",
                         .detail = "host port " + port + " is taken",
                         .help = resolvable::by_preemption});
    }
}

void node_resources_fit::filter(placement_question const& asked, obstacles& found) const
{
    auto const first = found.size();
    for (auto const& [resource, needs] : asked.pod.requests)
        if (needs.sign() > 0 && needs > asked.node.free(resource))
            found.push_back(lack_of(resource, needs, asked.node));
    std::sort(found.begin() + static_cast<std::ptrdiff_t>(first), found.end(),
              [](obstacle const& left, obstacle const& right) {
                  return std::pair{rank_of(left.resource), left.resource} <
                         std::pair{rank_of(right.resource), right.resource};
              });
}

void pod_topology_spread::filter(placement_question const& asked, obstacles& found) const
{
    auto const& constraints = asked.pod.spec().topology_spread_constraints;
    for (std::size_t i = 0; i != constraints.size(); ++i) {
        auto const& constraint = constraints[i];
        if (constraint.when_unsatisfiable != cluster::unsatisfiable_action::do_not_schedule)
            continue;
        auto const label = asked.node.labels().find(constraint.topology_key);
        if (label == asked.node.labels().end()) {
            found.push_back({.plugin = std::string{name},
                             .reason = std::string{spread_reason} + " (missing required label)",
                             .resource = constraint.topology_key,
                             .needs = "any value",
                             .detail = "label " + constraint.topology_key + ": has none"});
            continue;
        }
        auto const& counts = asked.spread[i];
        auto const here = counts.by_domain.find(label->second);
        auto const count = here == counts.by_domain.end() ? 0 : here->second;
        auto const skew = count + (counts.counts_self ? 1 : 0) - counts.fewest;
        if (skew <= constraint.max_skew)
            continue;
        found.push_back({.plugin = std::string{name},
                         .reason = spread_reason,
                         .resource = constraint.topology_key,
                         .needs = "a skew of at most " + std::to_string(constraint.max_skew),
                         .offers = std::to_string(skew),
                         .detail = constraint.topology_key + " " + label->second + " has " +
                                   std::to_string(count) + " of these pods, the emptiest domain " +
                                   std::to_string(counts.fewest) + "; maxSkew is " +
                                   std::to_string(constraint.max_skew),
                         .help = resolvable::by_preemption});
    }
}

std::int64_t pod_topology_spread::score(placement_question const& asked) const
{
    std::int64_t sum = 0;
    auto const& constraints = asked.pod.spec().topology_spread_constraints;
    for (std::size_t i = 0; i != constraints.size(); ++i) {
        if (constraints[i].when_unsatisfiable != cluster::unsatisfiable_action::schedule_anyway)
            continue;
        auto const& counts = asked.spread[i].by_domain;
        auto const label = asked.node.labels().find(constraints[i].topology_key);
        auto const here =
            label == asked.node.labels().end() ? counts.end() : counts.find(label->second);
        if (here != counts.end()) {
            sum += here->second;
            continue;
        }
        // A node outside all domains is worse than the fullest domain.
        std::int64_t fullest = 0;
        for (auto const& [domain, count] : counts)
            fullest = std::max(fullest, count);
        sum += fullest + 1;
    }
    return sum;
}

std::int64_t least_allocated::score(placement_question const& asked) const
{
    return mean_score(shares_for_scoring(asked), [](share const& each) {
        return share{each.capacity - std::min(each.used, each.capacity), each.capacity}.of(
            score_max);
    });
}

std::int64_t most_allocated::score(placement_question const& asked) const
{
    return mean_score(shares_for_scoring(asked),
                      [](share const& each) { return each.of(score_max); });
}

std::int64_t balanced_allocation::score(placement_question const& asked) const
{
    auto const cpu = asked.node.used("cpu");
    auto const memory = asked.node.used("memory");
    auto const without = balance(cpu, memory, asked.node);
    auto const with = balance(cpu + requested(asked.pod, "cpu"),
                              memory + requested(asked.pod, "memory"), asked.node);
    return score_max / 2 + (score_max / 2 + with - without) / 2;
}

namespace {

profile default_filters()
{
    return profile{}
        .filter<node_unschedulable>()
        .filter<node_ready>()
        .filter<node_name>()
        .filter<taint_toleration>()
        .filter<node_affinity>()
        .filter<node_ports>()
        .filter<node_resources_fit>()
        .filter<pod_topology_spread>();
}

profile& add_common_scores(profile& to)
{
    return to.score<balanced_allocation>(1)
        .score<node_affinity>(2)
        .score<pod_topology_spread>(2)
        .score<taint_toleration>(3);
}

} // namespace

profile least_allocated_profile()
{
    auto plugins = default_filters();
    plugins.score<least_allocated>(1);
    return add_common_scores(plugins);
}

profile most_allocated_profile()
{
    auto plugins = default_filters();
    plugins.score<most_allocated>(1);
    return add_common_scores(plugins);
}

} // namespace scheduling
