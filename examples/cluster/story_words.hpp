// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/story_facts.hpp"
#include "resources/container.hpp"
#include "resources/pod.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>

/// @file
/// How the story names several things in one sentence.

namespace cluster {

/// What `name` makes of the first four, and how many more there are.
template <class Range, class Name>
[[nodiscard]] std::string listed(Range const& of, Name name, char const* separator = ", ")
{
    constexpr std::size_t shown_max = 4;
    std::string text;
    std::size_t shown = 0;
    for (auto const& each : of) {
        if (shown == shown_max)
            return text + " and " + std::to_string(of.size() - shown) + " more";
        text += (shown++ == 0 ? "" : separator) + std::string{std::invoke(name, each)};
    }
    return text;
}

/// `Pods api-0, api-1`.
[[nodiscard]] std::string names(pod_list const& of);
/// `Node n1`: where they are, each node once.
[[nodiscard]] std::string nodes_of(pod_list const& of);
/// `agent-n1`: who runs them.
[[nodiscard]] std::string agents(pod_list const& of);
/// ` is` or ` are`.
[[nodiscard]] char const* is_or_are(std::size_t count);

/// `disk=ssd, zone=a`.
[[nodiscard]] std::string pairs(std::map<std::string, std::string> const& of);
/// `cpu 900m, memory 1Gi`.
[[nodiscard]] std::string amounts(resource_list const& of);
/// What a pod asks for: `, on nodes with disk=ssd, with cpu 900m, memory 1Gi`.
[[nodiscard]] std::string demand(pod::spec const& of, bool several);

} // namespace cluster
