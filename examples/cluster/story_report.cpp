// SPDX-License-Identifier: BSL-1.0
#include "cluster/story_report.hpp"

#include "autoscaler/explain.hpp"
#include "cluster/wrapped_text.hpp"

#include <converge/codec/encode.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <utility>

namespace cluster {

namespace {

boost::json::array steps_json(std::vector<story_step> const& steps)
{
    boost::json::array all;
    for (auto const& each : steps) {
        boost::json::object step;
        step["n"] = each.number;
        step["revision"] = each.at.value();
        step["who"] = each.who;
        step["what"] = each.why.empty() ? each.what : each.what + " (" + each.why + ")";
        all.push_back(std::move(step));
    }
    return all;
}

boost::json::array instances_json(std::vector<reported_instance> const& instances)
{
    boost::json::array all;
    for (auto const& each : instances) {
        boost::json::object instance;
        instance["name"] = each.name;
        instance["node"] = each.node;
        instance["ip"] = each.ip;
        instance["phase"] = each.phase;
        all.push_back(std::move(instance));
    }
    return all;
}

boost::json::object candidate_json(scaling_candidate const& of)
{
    boost::json::array reasons;
    for (auto const& each : of.reasons) {
        boost::json::object reason;
        reason["resource"] = each.resource;
        reason["needs"] = each.needs;
        reason["offers"] = each.offers;
        reason["short"] = each.short_;
        reasons.push_back(std::move(reason));
    }
    boost::json::object candidate;
    candidate["machine_type"] = of.machine_type;
    candidate["reasons"] = std::move(reasons);
    return candidate;
}

boost::json::object diagnosis_json(scaling_verdict const& of)
{
    boost::json::array candidates;
    for (auto const& each : of.candidates)
        candidates.push_back(candidate_json(each));
    boost::json::object diagnosis;
    diagnosis["pod"] = of.namespace_ + "/" + of.name;
    diagnosis["code"] = autoscaling::to_string(of.code);
    diagnosis["message"] = of.message;
    diagnosis["candidates"] = std::move(candidates);
    diagnosis["remedy"] = of.remedy;
    return diagnosis;
}

/// `memory: needs 32Gi, offers 4Gi, short 28Gi`.
std::string reason_line(candidate_reason const& of)
{
    return of.resource + ": needs " + of.needs + ", offers " +
           (of.offers.empty() ? "none" : of.offers) +
           (of.short_.empty() ? "" : ", short " + of.short_);
}

} // namespace

story_report report_of(std::string story, narrator const& told)
{
    story_report report;
    report.story = std::move(story);
    report.steps = told.steps();
    report.machines_created = told.facts().new_machines().size();
    for (auto const* const each : told.facts().pods()) {
        auto const& pod = *each->now;
        report.instances.push_back(
            {pod.metadata.name, pod.spec.node_name, pod.status.pod_ip,
             boost::json::value_to<std::string>(converge::encode(pod.status.phase))});
    }
    return report;
}

boost::json::object to_json(story_report const& report)
{
    boost::json::object document;
    document["story"] = report.story;
    document["settled"] = report.settled;
    document["steps"] = steps_json(report.steps);
    document["instances"] = instances_json(report.instances);
    document["machines_created"] = report.machines_created;
    document["quiet_writes"] = report.quiet_writes;
    document["diagnosis"] = nullptr;
    if (report.diagnosis)
        document["diagnosis"] = diagnosis_json(*report.diagnosis);
    return document;
}

std::string explained(scaling_verdict const& diagnosis)
{
    constexpr std::size_t indent = 11;
    std::size_t width = 0;
    for (auto const& each : diagnosis.candidates)
        width = std::max(width, each.machine_type.size());
    auto text = "Pod " + diagnosis.namespace_ + "/" + diagnosis.name + " gets no node.\n" +
                wrapped("  why:     ", diagnosis.message, indent) +
                "  code:    " + autoscaling::to_string(diagnosis.code) + "\n";
    if (!diagnosis.candidates.empty())
        text += "  machine types that were considered:\n";
    for (auto const& each : diagnosis.candidates) {
        auto head = "    " + each.machine_type;
        head.resize(width + 6, ' ');
        std::string reasons;
        for (auto const& reason : each.reasons)
            reasons += (reasons.empty() ? "" : "; ") + reason_line(reason);
        text += wrapped(head, reasons.empty() ? "would do" : reasons, head.size());
    }
    if (!diagnosis.remedy.empty())
        text += wrapped("  remedy:  ", diagnosis.remedy, indent);
    if (!diagnosis.hint.empty())
        text += wrapped("  hint:    ", diagnosis.hint, indent);
    return text;
}

} // namespace cluster
