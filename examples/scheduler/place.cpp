// SPDX-License-Identifier: BSL-1.0
#include "scheduler/place.hpp"

#include "scheduler/node_selector_match.hpp"
#include "scheduler/spread_counts.hpp"

#include <converge/model/label_selector.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

namespace scheduling {

namespace {

using cluster::node_selector_operator;
using labels = std::map<std::string, std::string>;

std::string joined(std::vector<std::string> const& values)
{
    std::string text;
    for (auto const& value : values)
        text += (text.empty() ? "" : " or ") + value;
    return text;
}

std::optional<std::int64_t> integer_in(std::string const& text)
{
    std::int64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, value);
    bool const whole = !text.empty() && read.ec == std::errc{} && read.ptr == end;
    return whole ? std::optional{value} : std::nullopt;
}

/// Holds only between a label and a value that are both integers.
template <class Compare>
bool compares(std::string const* label, std::vector<std::string> const& values, Compare compare)
{
    auto const have = label == nullptr ? std::nullopt : integer_in(*label);
    auto const bound = values.size() == 1 ? integer_in(values.front()) : std::nullopt;
    return have && bound && compare(*have, *bound);
}

/// @param label null if the node does not have it.
bool holds(cluster::node_selector_requirement const& demand, std::string const* label)
{
    auto const listed = [&] {
        return label != nullptr &&
               std::find(demand.values.begin(), demand.values.end(), *label) != demand.values.end();
    };
    switch (demand.operator_) {
    case node_selector_operator::in: return listed();
    case node_selector_operator::not_in: return !listed();
    case node_selector_operator::exists: return label != nullptr;
    case node_selector_operator::does_not_exist: return label == nullptr;
    case node_selector_operator::gt:
        return compares(label, demand.values, [](auto have, auto bound) { return have > bound; });
    case node_selector_operator::lt:
        return compares(label, demand.values, [](auto have, auto bound) { return have < bound; });
    }
    return false;
}

std::string in_words(cluster::node_selector_requirement const& demand)
{
    switch (demand.operator_) {
    case node_selector_operator::in: return joined(demand.values);
    case node_selector_operator::not_in: return "not " + joined(demand.values);
    case node_selector_operator::exists: return "any value";
    case node_selector_operator::does_not_exist: return "no such label";
    case node_selector_operator::gt: return "more than " + joined(demand.values);
    case node_selector_operator::lt: return "less than " + joined(demand.values);
    }
    return {};
}

std::string const* value_of(labels const& of, std::string const& key)
{
    auto const found = of.find(key);
    return found == of.end() ? nullptr : &found->second;
}

std::vector<label_mismatch> mismatches_of(cluster::node_selector_term const& term,
                                          node_info const& node)
{
    std::vector<label_mismatch> found;
    auto const check = [&](cluster::node_selector_requirement const& demand,
                           std::string const* value) {
        if (!holds(demand, value))
            found.push_back({demand.key, in_words(demand), value == nullptr ? "" : *value});
    };
    for (auto const& demand : term.match_expressions)
        check(demand, value_of(node.labels(), demand.key));
    for (auto const& demand : term.match_fields)
        check(demand, demand.key == "metadata.name" ? &node.name() : nullptr);
    if (term.match_expressions.empty() && term.match_fields.empty())
        found.push_back({"nodeAffinity", "nothing: the term is empty, which no node matches", ""});
    return found;
}

std::vector<label_mismatch> affinity_mismatches(pod_info const& pod, node_info const& node)
{
    auto const& required =
        pod.spec().affinity.node_affinity.required_during_scheduling_ignored_during_execution;
    if (!required)
        return {};
    if (required->node_selector_terms.empty())
        return mismatches_of({}, node);
    auto nearest = mismatches_of(required->node_selector_terms.front(), node);
    for (auto const& term : required->node_selector_terms) {
        auto found = mismatches_of(term, node);
        if (found.size() < nearest.size())
            nearest = std::move(found);
    }
    return nearest;
}

/// What a constraint's selector chooses; nothing at all if the selector is invalid.
class pod_matcher {
public:
    pod_matcher(pod_info const& asking, cluster::topology_spread_constraint const& constraint)
        : namespace_{asking.pod->metadata.namespace_}
    {
        if (auto compiled = converge::compile(constraint.label_selector))
            selector_ = std::move(*compiled);
    }

    [[nodiscard]] bool operator()(converge::object<cluster::pod> const& pod) const
    {
        return selector_ && pod.metadata.namespace_ == namespace_ &&
               !pod.metadata.being_deleted() && selector_->matches(pod.metadata.labels);
    }

private:
    std::string const& namespace_;
    std::optional<converge::label_selector> selector_;
};

domain_counts count_domains(pod_info const& asking, cluster_snapshot const& cluster,
                            cluster::topology_spread_constraint const& constraint)
{
    pod_matcher const counted{asking, constraint};
    domain_counts counts;
    for (auto const& [name, node] : cluster.nodes()) {
        auto const* const domain = value_of(node.labels(), constraint.topology_key);
        if (domain == nullptr || !selects(asking, node))
            continue;
        counts.by_domain[*domain] +=
            std::count_if(node.pods().begin(), node.pods().end(),
                          [&](auto const& each) { return counted(*each.second->pod); });
    }
    for (auto const& [domain, count] : counts.by_domain)
        counts.fewest =
            domain == counts.by_domain.begin()->first ? count : std::min(counts.fewest, count);
    counts.counts_self = counted(*asking.pod);
    return counts;
}

std::int64_t normalized(std::int64_t raw, std::int64_t highest, normalization how)
{
    if (how == normalization::none)
        return raw;
    auto const share = highest == 0 ? 0 : raw * 100 / highest;
    return how == normalization::higher_is_better ? share : 100 - share;
}

void add_scores(pod_info const& pod, spread_counts const& spread, profile const& plugins,
                cluster_snapshot const& cluster, std::vector<node_verdict*> const& fitting)
{
    for (auto const& plugin : plugins.scores()) {
        std::int64_t highest = 0;
        for (auto* const verdict : fitting) {
            auto const raw = plugin.run({pod, *cluster.find(verdict->node), spread});
            highest = std::max(highest, raw);
            verdict->scores.push_back({plugin.name, raw, plugin.weight});
        }
        for (auto* const verdict : fitting) {
            auto& entry = verdict->scores.back();
            entry.score = normalized(entry.score, highest, plugin.normalized);
            verdict->total_score += entry.score * entry.weight;
        }
    }
}

} // namespace

bool selects(cluster::node_selector_term const& term, node_info const& node)
{
    return mismatches_of(term, node).empty();
}

bool selects(pod_info const& pod, node_info const& node)
{
    auto const& selector = pod.spec().node_selector;
    return std::all_of(selector.begin(), selector.end(),
                       [&](auto const& wanted) {
                           auto const* const value = value_of(node.labels(), wanted.first);
                           return value != nullptr && *value == wanted.second;
                       }) &&
           affinity_mismatches(pod, node).empty();
}

std::vector<label_mismatch> label_mismatches(pod_info const& pod, node_info const& node)
{
    std::vector<label_mismatch> found;
    for (auto const& [key, wanted] : pod.spec().node_selector) {
        auto const* const value = value_of(node.labels(), key);
        if (value == nullptr || *value != wanted)
            found.push_back({key, wanted, value == nullptr ? "" : *value});
    }
    auto const by_affinity = affinity_mismatches(pod, node);
    found.insert(found.end(), by_affinity.begin(), by_affinity.end());
    return found;
}

spread_counts count_spread(pod_info const& pod, cluster_snapshot const& cluster)
{
    spread_counts counts;
    for (auto const& constraint : pod.spec().topology_spread_constraints)
        counts.push_back(count_domains(pod, cluster, constraint));
    return counts;
}

obstacles obstacles_on(node_info const& node, pod_info const& pod, spread_counts const& spread,
                       profile const& plugins)
{
    obstacles found;
    placement_question const asked{pod, node, spread};
    for (auto const& plugin : plugins.filters())
        plugin.run(asked, found);
    return found;
}

placement_report place(pod_info const& pod, cluster_snapshot const& cluster, profile const& plugins)
{
    placement_report report;
    auto const spread = count_spread(pod, cluster);
    report.nodes.reserve(cluster.size());
    std::vector<node_verdict*> fitting;
    for (auto const& [name, node] : cluster.nodes()) {
        report.nodes.push_back(
            {.node = name, .obstacles = obstacles_on(node, pod, spread, plugins)});
        if (report.nodes.back().fits())
            fitting.push_back(&report.nodes.back());
    }
    add_scores(pod, spread, plugins, cluster, fitting);
    node_verdict const* best = nullptr;
    for (auto const* const verdict : fitting)
        if (best == nullptr || verdict->total_score > best->total_score)
            best = verdict;
    if (best != nullptr)
        report.node = best->node;
    return report;
}

std::string placement_report::summary() const
{
    if (nodes.empty())
        return "no nodes available to schedule pods.";
    std::map<std::string, int> counts;
    int available = 0;
    for (auto const& verdict : nodes) {
        if (verdict.fits())
            ++available;
        else
            ++counts[verdict.obstacles.front().reason];
    }
    std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
    std::sort(sorted.begin(), sorted.end(), [](auto const& left, auto const& right) {
        return std::pair{-left.second, left.first} < std::pair{-right.second, right.first};
    });
    std::string text =
        std::to_string(available) + "/" + std::to_string(nodes.size()) + " nodes are available";
    char const* separator = ": ";
    for (auto const& [reason, count] : sorted) {
        text += separator + std::to_string(count) + " " + reason;
        separator = ", ";
    }
    return text + ".";
}

std::string placement_report::detail() const
{
    std::string text;
    for (auto const& verdict : nodes) {
        if (verdict.fits())
            continue;
        text += (text.empty() ? "" : "\n") + verdict.node;
        char const* separator = ": ";
        for (auto const& each : verdict.obstacles) {
            text += separator + each.reason + ": " + each.detail;
            separator = "; also ";
        }
    }
    return text;
}

bool placement_report::preemption_may_help() const
{
    return std::any_of(nodes.begin(), nodes.end(), [](node_verdict const& verdict) {
        return !verdict.fits() && std::all_of(verdict.obstacles.begin(), verdict.obstacles.end(),
                                              [](obstacle const& each) {
                                                  return each.help == resolvable::by_preemption;
                                              });
    });
}

} // namespace scheduling
