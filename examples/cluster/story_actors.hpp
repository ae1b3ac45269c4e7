// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/story_facts.hpp"

#include <string>

/// @file
/// Who did what the story tells: as the store says, where it does.

namespace cluster {

/// Who applied the workload, by the managed fields of the first object that has any.
[[nodiscard]] std::string applier(story_facts const& facts);

/// Who recorded the event; `otherwise` if it does not say.
[[nodiscard]] std::string component(sighting const& of, char const* otherwise);

/// Who recorded events of that reason about the pods, each once; `otherwise` if nobody did.
[[nodiscard]] std::string tellers(story_facts const& facts, pod_list const& of, char const* reason,
                                  std::string const& otherwise);

} // namespace cluster
