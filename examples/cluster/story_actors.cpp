// SPDX-License-Identifier: BSL-1.0
#include "cluster/story_actors.hpp"

#include "cluster/story_words.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace cluster {

namespace {

template <class R>
std::string applier(facts_of<R> const& in, std::vector<converge::object_key> const& wanted)
{
    for (auto const& id : wanted)
        if (auto const found = in.find(id); found != in.end())
            if (auto const& owners = found->second.now->metadata.managed_fields; !owners.empty())
                return owners.front().manager;
    return {};
}

} // namespace

std::string applier(story_facts const& facts)
{
    auto const& subject = facts.subject();
    auto who = applier(facts.deployments(), subject.deployments);
    if (who.empty())
        who = applier(facts.replica_sets(), subject.replica_sets);
    for (auto const* const each : facts.pods())
        if (auto const& owners = each->now->metadata.managed_fields; who.empty() && !owners.empty())
            who = owners.front().manager;
    return who.empty() ? "kubectl" : who;
}

std::string component(sighting const& of, char const* otherwise)
{
    return of.component.empty() ? otherwise : of.component;
}

std::string tellers(story_facts const& facts, pod_list const& of, char const* reason,
                    std::string const& otherwise)
{
    std::vector<std::string> found;
    for (auto const* const each : of)
        if (auto who = facts.teller(pod::kind.kind, each->now->key(), reason);
            !who.empty() && std::find(found.begin(), found.end(), who) == found.end())
            found.push_back(std::move(who));
    return found.empty() ? otherwise : listed(found, std::identity{});
}

} // namespace cluster
