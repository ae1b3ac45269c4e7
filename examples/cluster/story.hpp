// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/story_report.hpp"
#include "yaml/file_objects.hpp"

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/core/time.hpp>
#include <converge/store/any_store.hpp>

#include <chrono>
#include <iosfwd>
#include <string>
#include <vector>

namespace cluster {

/// Objects to apply together, and what to call them.
struct story_act {
    std::string title{};
    std::vector<file_object> objects{};
};

/// What to play: the cluster at first, what shall run in it, and, where that cannot be deployed
/// as asked, what is allowed then.
struct story_plan {
    /// For the report.
    std::string name{};
    story_act machines{};
    story_act workload{};
    /// Without objects: there is no cure.
    story_act cure{};
    converge::duration time_max = std::chrono::seconds{60};
};

/// Plays a story on a cluster that runs meanwhile, and tells it on `out` as the store shows it.
///
/// Applies the machines and waits for their nodes, applies the workload, and narrates until every
/// instance runs, or nobody but a person can help; explains the latter, and applies the cure if
/// there is one. When everything has come to rest it counts the writes of two seconds, and prints
/// all objects.
///
/// @pre `store` is the one that `api` writes to, and nothing was written to it.
/// @returns how it went; `settled` is false if the time was over first.
/// @throws errc::invalid, with file and line, if the api refuses an object of the plan.
/// @par Lifetime  `out` outlives the task.
[[nodiscard]] converge::task<story_report>
play_story(converge::client api, converge::any_store store, story_plan plan, std::ostream& out);

} // namespace cluster
