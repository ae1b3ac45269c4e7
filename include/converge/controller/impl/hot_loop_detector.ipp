// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/hot_loop_detector.hpp>

#include <converge/codec/diff.hpp>
#include <converge/work/backoff.hpp>
#include <converge/work/detail/saturating.hpp>

#include <algorithm>
#include <chrono>

namespace converge::detail {

/// A run that comes later after the last one than this is no part of a loop.
inline constexpr duration longest_lull = std::chrono::seconds{1};

/// The paths that differ, without those that differ in every write.
[[nodiscard]] CONVERGE_DECL std::string changing_fields(any_object const& before,
                                                        any_object const& after)
{
    std::string fields;
    for (auto const& each : diff(before.to_json(), after.to_json())) {
        if (each.path == "metadata.resourceVersion" ||
            each.path.starts_with("metadata.managedFields"))
            continue;
        fields += (fields.empty() ? "" : ", ") + each.path;
    }
    return fields.empty() ? "nothing that a reconciler sees" : fields;
}

CONVERGE_DECL bool hot_loop_detector::goes_on(streak const& before, worker const& run)
{
    auto const& causes = run.next.causes;
    auto const& meta = run.object.metadata();
    return before.object && before.object.metadata().uid == meta.uid &&
           before.object.metadata().generation == meta.generation &&
           causes.contains(cause_kind::changed) && !causes.contains(cause_kind::requeue) &&
           run.began <= later(before.rested, longest_lull);
}

CONVERGE_DECL std::optional<hot_loop> hot_loop_detector::ended(worker const& run, instant at)
{
    auto const& id = run.next.key;
    auto const writes_itself = [&](write_log::note const& each) {
        return &each.object.type() == &run.object.type() && each.object.key() == id;
    };
    if (limit_ == 0 || std::ranges::none_of(run.writes->notes(), writes_itself)) {
        forget(id);
        return std::nullopt;
    }
    auto& found = streaks_[id];
    found.runs = goes_on(found, run) ? found.runs + 1 : 1;
    auto const before = std::exchange(found.object, run.object);
    found.rested = at;
    if (found.runs < limit_)
        return std::nullopt;
    backoff_policy const pauses{std::chrono::milliseconds{10}, std::chrono::seconds{30}};
    auto const pause = pauses.delay(found.runs - limit_, 0);
    found.rested = later(at, pause);
    return hot_loop{found.runs, pause, changing_fields(before, run.object)};
}

} // namespace converge::detail
