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
    // These come from elsewhere, and each may be news.
    static constexpr cause_kind reasons[] = {cause_kind::owned, cause_kind::watched,
                                             cause_kind::requeue, cause_kind::resync,
                                             cause_kind::external};
    auto const asked = [&causes](cause_kind kind) { return causes.contains(kind); };
    return before.object && before.object.metadata().uid == meta.uid &&
           before.object.metadata().generation == meta.generation &&
           causes.contains(cause_kind::changed) &&
           std::none_of(std::begin(reasons), std::end(reasons), asked) &&
           run.began <= later(before.rested, longest_lull);
}

CONVERGE_DECL std::optional<hot_loop> hot_loop_detector::ended(worker const& run, instant at)
{
    auto const& id = run.next.key;
    auto const writes_itself = [&](write_log::note const& each) {
        return &each.object.type() == &run.object.type() && each.object.key() == id;
    };
    // A run that writes nothing ends no loop: it may be the echo between two blows of a fight.
    if (limit_ == 0 ||
        std::none_of(run.writes->notes().begin(), run.writes->notes().end(), writes_itself))
        return std::nullopt;
    if (streaks_.size() >= sweep_at_)
        sweep(at);
    auto& found = streaks_[id];
    found.runs = goes_on(found, run) ? found.runs + 1 : 1;
    auto const before = std::exchange(found.object, run.object);
    found.rested = at;
    if (found.runs < limit_)
        return std::nullopt;
    backoff_policy const pauses{std::chrono::milliseconds{10}, std::chrono::seconds{5}};
    auto const pause = pauses.delay(found.runs - limit_, 0);
    found.rested = later(at, pause);
    return hot_loop{found.runs, pause, changing_fields(before, run.object)};
}

CONVERGE_DECL void hot_loop_detector::sweep(instant now)
{
    std::erase_if(streaks_, [now](auto const& each) {
        return later(each.second.rested, longest_lull) < now;
    });
    sweep_at_ = std::max(sweep_from, 2 * streaks_.size());
}

} // namespace converge::detail
