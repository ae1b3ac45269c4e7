// SPDX-License-Identifier: BSL-1.0
#include "cluster/story_words.hpp"

#include "resources/pod_requests.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace cluster {

namespace {

/// Each node once, in the order of first appearance.
std::vector<std::string> distinct_nodes(pod_list const& pods)
{
    std::vector<std::string> found;
    for (auto const* const each : pods)
        if (auto const& node = each->now->spec.node_name;
            std::find(found.begin(), found.end(), node) == found.end())
            found.push_back(node);
    return found;
}

} // namespace

std::string names(pod_list const& of)
{
    return (of.size() == 1 ? "Pod " : "Pods ") +
           listed(of, [](pod_facts const* each) { return each->now->metadata.name; });
}

std::string nodes_of(pod_list const& of)
{
    auto const found = distinct_nodes(of);
    return (found.size() == 1 ? "Node " : "Nodes ") + listed(found, std::identity{});
}

std::string agents(pod_list const& of)
{
    return listed(distinct_nodes(of), [](std::string const& node) { return "agent-" + node; });
}

char const* is_or_are(std::size_t count) { return count == 1 ? " is" : " are"; }

std::string pairs(std::map<std::string, std::string> const& of)
{
    return listed(of, [](auto const& each) { return each.first + "=" + each.second; });
}

std::string amounts(resource_list const& of)
{
    return listed(of, [](auto const& each) { return each.first + " " + each.second.str(); });
}

std::string demand(pod::spec const& of, bool several)
{
    auto requests = pod_requests(of);
    requests.erase("pods");
    std::string text;
    if (!of.node_selector.empty())
        text += ", on nodes with " + pairs(of.node_selector);
    if (!requests.empty())
        text += (several ? ", each with " : ", with ") + amounts(requests);
    for (auto const& each : of.containers)
        if (!each.env.empty())
            text += ", environment " + listed(each.env, &env_var::name);
    if (!of.volumes.empty())
        text += ", volume " + listed(of.volumes, &volume::name);
    return text;
}

} // namespace cluster
