// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/work/detail/saturating.hpp>

#include <algorithm>

namespace converge::detail {

/// When a delayed run is due, and how far a debounce may put it off: never beyond what was promised
/// to an earlier event.
struct due_times {
    instant due;
    /// Not before `due`.
    instant limit;
};

/// The times of a run that is to come at `due`, whatever was known.
[[nodiscard]] inline due_times exactly(instant due) noexcept { return {due, due}; }

/// The times of a run that waits with the times `known` (null: no run waits), once it must come
/// by `due`.
[[nodiscard]] inline due_times no_later(due_times const* known, instant due) noexcept
{
    if (known == nullptr)
        return exactly(due);
    return {std::min(known->due, due), std::min(known->limit, due)};
}

/// The same after another event at `now`, which wants `quiet` without events, and to be seen after
/// `most`.
[[nodiscard]] inline due_times debounced(due_times const* known, instant now, duration quiet,
                                         duration most) noexcept
{
    auto limit = later(now, most);
    if (known != nullptr)
        limit = std::min(limit, known->limit);
    return {std::min(later(now, quiet), limit), limit};
}

} // namespace converge::detail
