// SPDX-License-Identifier: BSL-1.0
#include "autoscaler/explain.hpp"

#include "autoscaler/choices.hpp"
#include "resources/similar_word.hpp"
#include "scheduler/node_affinity.hpp"
#include "scheduler/node_resources_fit.hpp"
#include "scheduler/taint_toleration.hpp"

#include <converge/codec/encode.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace autoscaling {

namespace {

using cluster::candidate_reason;
using cluster::scaling_candidate;
using cluster::verdict_code;
using candidates = std::vector<scaling_candidate>;

/// What may speak against a machine type, the most fundamental first: a type with the wrong label
/// is none of the pod's types at all, whatever its size.
enum class objection { label, taint, resource, spread, limit };

objection objection_of(candidate_reason const& reason)
{
    if (reason.plugin == scheduling::node_affinity::name)
        return objection::label;
    if (reason.plugin == scheduling::taint_toleration::name)
        return objection::taint;
    if (reason.plugin == scheduling::node_resources_fit::name)
        return objection::resource;
    bool const by_decision = reason.plugin == limit_plugin || reason.plugin == backoff_plugin;
    return by_decision ? objection::limit : objection::spread;
}

/// The most fundamental objection to a candidate. @pre There is one.
objection main_objection(scaling_candidate const& of)
{
    auto main = objection::limit;
    for (auto const& reason : of.reasons)
        main = std::min(main, objection_of(reason));
    return main;
}

/// `disk=ssd`, or `disk (more than 5)`.
std::string label_demand(candidate_reason const& reason)
{
    bool const one_value = reason.needs.find(' ') == std::string::npos;
    return one_value ? reason.resource + "=" + reason.needs
                     : reason.resource + " (" + reason.needs + ")";
}

/// Those whose most fundamental objection is `what`.
candidates with_objection(candidates const& all, objection what)
{
    candidates found;
    for (auto const& each : all)
        if (main_objection(each) == what)
            found.push_back(each);
    return found;
}

std::vector<candidate_reason> reasons_of(scaling_candidate const& of, objection what)
{
    std::vector<candidate_reason> found;
    for (auto const& reason : of.reasons)
        if (objection_of(reason) == what)
            found.push_back(reason);
    return found;
}

class refusal {
public:
    refusal(scheduling::pod_info const& pod, candidates const& all,
            std::vector<offered_labels> const& offered, cluster::scaling_verdict& verdict)
        : pod_{pod},
          all_{all},
          offered_{offered},
          verdict_{verdict}
    {}

    void explain()
    {
        if (all_.empty()) {
            verdict_.code = verdict_code::no_machine_types;
            verdict_.message = "there are no machine types";
            verdict_.remedy = "add a MachineType";
            return;
        }
        // The candidate that came furthest tells what stands between the pod and a machine.
        auto furthest = objection::label;
        for (auto const& each : all_)
            furthest = std::max(furthest, main_objection(each));
        auto const nearest = with_objection(all_, furthest);
        switch (furthest) {
        case objection::label: return explain_labels(nearest);
        case objection::taint: return explain_taints(nearest);
        case objection::resource: return explain_resources(nearest);
        case objection::spread: return explain_spread(nearest);
        case objection::limit: return explain_limits(nearest);
        }
    }

private:
    void explain_labels(candidates const& nearest)
    {
        verdict_.code = verdict_code::no_machine_type_matches_selector;
        std::vector<std::string> demands;
        std::vector<std::string> offers;
        for (auto const& each : nearest) {
            for (auto const& reason : reasons_of(each, objection::label)) {
                append_unique(demands, label_demand(reason));
                append_unique(offers, reason.resource + "=" + offered_values(reason.resource));
                if (verdict_.hint.empty())
                    verdict_.hint = hint_for(reason);
            }
        }
        auto const demanded = joined(demands, " and ");
        verdict_.message =
            "no machine type has the label " + demanded + "; offered are " + joined(offers, ", ");
        verdict_.remedy = "add a MachineType with the label " + demanded + large_enough_too() +
                          ", or change the pod's nodeSelector or node affinity";
    }

    /// `[hdd, ssd]`: what the types have for the label.
    [[nodiscard]] std::string offered_values(std::string const& key) const
    {
        auto const values = values_of(key);
        return "[" + joined({values.begin(), values.end()}, ", ") + "]";
    }

    [[nodiscard]] std::set<std::string> values_of(std::string const& key) const
    {
        std::set<std::string> values;
        for (auto const& each : offered_)
            if (auto const label = each.labels->find(key); label != each.labels->end())
                values.insert(label->second);
        return values;
    }

    /// Looks for the value among those on offer, or for the key if no type has that label.
    [[nodiscard]] std::string hint_for(candidate_reason const& reason) const
    {
        std::set<std::string> known = values_of(reason.resource);
        bool const is_key = known.empty();
        if (is_key)
            for (auto const& each : offered_)
                for (auto const& [key, value] : *each.labels)
                    known.insert(key);
        std::vector<std::string> const words(known.begin(), known.end());
        auto const meant = cluster::similar_word(is_key ? reason.resource : reason.needs, words);
        return meant.empty() ? "" : "did you mean " + meant + "?";
    }

    void explain_taints(candidates const& nearest)
    {
        verdict_.code = verdict_code::no_machine_type_tolerated;
        choices taints;
        std::vector<std::string> types;
        for (auto const& each : nearest) {
            auto& own = taints.emplace_back();
            for (auto const& reason : reasons_of(each, objection::taint))
                own.push_back(reason.offers);
            types.push_back(each.machine_type + " has " + joined(own, " and "));
        }
        verdict_.message = "the pod tolerates no machine type that matches: " + joined(types, ", ");
        verdict_.remedy = "add a toleration of " + joined(taints) +
                          " to the pod, or a MachineType without such a taint";
    }

    void explain_resources(candidates const& nearest)
    {
        verdict_.code = verdict_code::no_machine_type_large_enough;
        auto const resources = lacking_resources(nearest);
        std::vector<std::string> lacks;
        std::vector<std::string> demands;
        for (auto const& resource : resources) {
            demands.push_back(pod_.requests.at(resource).str() + " " + resource);
            if (all_lack(nearest, resource))
                lacks.push_back(lack_of_all(nearest, resource));
        }
        choices lower;
        for (auto const& each : nearest) {
            std::vector<std::string> requests;
            for (auto const& resource : lacking_resources({each}))
                requests.push_back(request_of(resource));
            lower.push_back(std::move(requests));
        }
        if (lacks.empty())
            for (auto const& each : nearest)
                lacks.push_back(lack_of_one(each));
        auto const labels = wanted_labels();
        verdict_.message = "no machine type is large enough: " + joined(lacks, "; ");
        verdict_.remedy = "allow a machine type with at least " + joined(demands, " and ") +
                          (labels.empty() ? "" : " and label " + labels) +
                          ": add a MachineType, or lower " + joined(lower) +
                          " of the pod's containers";
    }

    /// What the resource is called in a pod.
    [[nodiscard]] static std::string request_of(std::string const& resource)
    {
        bool const plain = resource.find_first_of("./") == resource.npos;
        return "resources.requests" + (plain ? "." + resource : "[\"" + resource + "\"]");
    }

    /// By name.
    [[nodiscard]] static std::set<std::string> lacking_resources(candidates const& nearest)
    {
        std::set<std::string> resources;
        for (auto const& each : nearest)
            for (auto const& reason : reasons_of(each, objection::resource))
                resources.insert(reason.resource);
        return resources;
    }

    /// Null if the candidate has enough of it.
    [[nodiscard]] static candidate_reason const* lack_of(scaling_candidate const& of,
                                                         std::string const& resource)
    {
        auto const found =
            std::find_if(of.reasons.begin(), of.reasons.end(), [&](candidate_reason const& reason) {
                return objection_of(reason) == objection::resource && reason.resource == resource;
            });
        return found == of.reasons.end() ? nullptr : &*found;
    }

    [[nodiscard]] static bool all_lack(candidates const& among, std::string const& resource)
    {
        return std::all_of(among.begin(), among.end(), [&](scaling_candidate const& each) {
            return lack_of(each, resource) != nullptr;
        });
    }

    /// @pre All of `nearest` lack it.
    [[nodiscard]] std::string lack_of_all(candidates const& nearest,
                                          std::string const& resource) const
    {
        auto const* best = lack_of(nearest.front(), resource);
        for (auto const& each : nearest)
            if (auto const* const lack = lack_of(each, resource);
                amount(lack->short_) < amount(best->short_))
                best = lack;
        bool const most = std::all_of(all_.begin(), all_.end(), [&](auto const& each) {
            auto const* const lack = lack_of(each, resource);
            return lack != nullptr && amount(lack->short_) >= amount(best->short_);
        });
        return "the pod needs " + best->needs + " " + resource + ", the most on offer" +
               (most ? "" : " by a type that matches") + " is " + best->offers + " (short " +
               best->short_ + ")";
    }

    [[nodiscard]] static std::string lack_of_one(scaling_candidate const& of)
    {
        std::vector<std::string> lacks;
        for (auto const& reason : reasons_of(of, objection::resource))
            lacks.push_back(reason.offers + " " + reason.resource + ", the pod needs " +
                            reason.needs + " (short " + reason.short_ + ")");
        return of.machine_type + " has " + joined(lacks, ", and ");
    }

    [[nodiscard]] static converge::quantity amount(std::string const& text)
    {
        auto const parsed = converge::quantity::parse(text);
        return parsed ? *parsed : converge::quantity{};
    }

    [[nodiscard]] std::string wanted_labels() const
    {
        std::vector<std::string> labels;
        for (auto const& [key, value] : pod_.spec().node_selector)
            labels.push_back(key + "=" + value);
        return joined(labels, ",");
    }

    /// ` and at least 32Gi memory`, if all types are too small besides.
    [[nodiscard]] std::string large_enough_too() const
    {
        std::vector<std::string> demands;
        for (auto const& resource : lacking_resources(all_))
            if (all_lack(all_, resource))
                demands.push_back(pod_.requests.at(resource).str() + " " + resource);
        return demands.empty() ? "" : " and at least " + joined(demands, " and ");
    }

    void explain_spread(candidates const& nearest)
    {
        verdict_.code = verdict_code::no_machine_type_spreads;
        std::vector<std::string> keys;
        for (auto const& each : nearest)
            for (auto const& reason : reasons_of(each, objection::spread))
                append_unique(keys, reason.resource);
        verdict_.message = "no machine type meets the pod's topology spread constraints on " +
                           joined(keys, " and ");
        verdict_.remedy = "add a MachineType for another domain of " + joined(keys, " and ") +
                          ", or raise maxSkew of the constraint";
    }

    void explain_limits(candidates const& nearest)
    {
        std::vector<std::string> states;
        choices remedies;
        bool limited = false;
        for (auto const& each : nearest) {
            auto& remedy = remedies.emplace_back();
            for (auto const& reason : reasons_of(each, objection::limit)) {
                bool const backing_off = reason.plugin == backoff_plugin;
                limited = limited || !backing_off;
                if (backing_off)
                    append_unique(states,
                                  each.machine_type + " is not used for now: " + reason.offers);
                else if (reason.resource == max_machines_knob)
                    append_unique(states, each.machine_type + " has all of its " + reason.offers +
                                              " machines");
                else
                    append_unique(states, "all of the " + reason.offers +
                                              " machines of the cluster are there");
                remedy.push_back(remedy_of(each, reason, backing_off));
            }
        }
        verdict_.code =
            limited ? verdict_code::limit_reached : verdict_code::machine_type_unavailable;
        verdict_.message = "a new machine would do, but " + joined(states, ", and ");
        verdict_.remedy = joined(remedies);
    }

    [[nodiscard]] static std::string remedy_of(scaling_candidate const& candidate,
                                               candidate_reason const& reason, bool backing_off)
    {
        if (backing_off)
            return "wait, or see why machines of type " + candidate.machine_type + " fail";
        auto const where = reason.resource == max_machines_knob
                               ? "MachineType " + candidate.machine_type
                               : std::string{"the Autoscaler"};
        return "raise " + reason.resource + " of " + where + " to " + reason.needs + " (it is " +
               reason.offers + ")";
    }

    scheduling::pod_info const& pod_;
    candidates const& all_;
    std::vector<offered_labels> const& offered_;
    cluster::scaling_verdict& verdict_;
};

} // namespace

void explain_refusal(scheduling::pod_info const& pod, candidates considered,
                     std::vector<offered_labels> const& offered, cluster::scaling_verdict& verdict)
{
    verdict.candidates = std::move(considered);
    refusal{pod, verdict.candidates, offered, verdict}.explain();
}

std::string to_string(cluster::verdict_code code)
{
    auto const text = converge::encode(code);
    return std::string{text.as_string()};
}

bool is_hopeful(cluster::verdict_code code)
{
    return code == verdict_code::fits_existing_node || code == verdict_code::waiting_for_machine ||
           code == verdict_code::create_machine;
}

} // namespace autoscaling
