// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/narrator.hpp"
#include "resources/scaling_verdict.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cluster {

/// One pod at the end of a story.
struct reported_instance {
    std::string name{};
    std::string node{};
    std::string ip{};
    std::string phase{};
};

/// How a story went.
struct story_report {
    /// `story`, `ram`, `ssd`, or the name of a file.
    std::string story{};
    /// Every instance runs, and nothing was written while that was watched.
    bool settled = false;
    std::vector<story_step> steps{};
    std::vector<reported_instance> instances{};
    /// Beside those that were there at the beginning.
    std::size_t machines_created = 0;
    /// Revisions of any kind, in two seconds after everything had come to rest.
    std::uint64_t quiet_writes = 0;
    /// Why an instance could not be deployed as asked, if so; a cure leaves it here.
    std::optional<scaling_verdict> diagnosis{};
};

/// What the narrator knows at the end. `settled`, `quiet_writes` and `diagnosis` are the caller's.
[[nodiscard]] story_report report_of(std::string story, narrator const& told);

/// The report as `--report` writes it:
/// `{"story","settled","steps":[{"n","revision","who","what"}],"instances":[{"name","node","ip",
/// "phase"}],"machines_created","quiet_writes","diagnosis":{"pod","code","message","candidates":
/// [{"machine_type","reasons":[{"resource","needs","offers","short"}]}],"remedy"}}`; without a
/// diagnosis it is null.
[[nodiscard]] boost::json::object to_json(story_report const& report);

/// A diagnosis in several lines, as a person wants it: which pod, why, which machine types were
/// considered and what each lacks, what to change.
[[nodiscard]] std::string explained(scaling_verdict const& diagnosis);

} // namespace cluster
