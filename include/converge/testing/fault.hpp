// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace converge::testing {

/// What a simulation can do to the processes in it: only what a real system may do as well.
/// `simulation` says when each is drawn.
enum class fault_kind : std::uint8_t {
    /// A request is refused before it has any effect: 429 or 503.
    refused_request,
    /// A request never arrives; its sender gives up after its patience.
    lost_request,
    /// A request is done, and the answer never arrives.
    lost_answer,
    /// A request arrives up to minutes late, though its sender has given up, or died.
    late_request,
    /// An answer takes seconds.
    slow_answer,
    /// Somebody else really writes the object just before a write arrives: a conflict.
    rival_write,
    /// A token of a paged list has expired.
    expired_token,
    /// A connection is made to a replica that lags: its lists and watches show an old state first.
    stale_replica,
    /// What a watch tells arrives seconds late.
    late_event,
    /// A watch breaks before it tells what it had.
    broken_watch,
    /// A watch falls silent for a while and then breaks.
    silent_watch,
    /// A watch breaks, cannot be resumed, and the next list is late: what happened meanwhile is
    /// seen at once, or, if it was undone, never.
    hidden_event,
    /// The history is compacted to the newest revision while watches are behind.
    compaction,
    /// A process dies after some step of its own, and starts anew a while later.
    crash,
    /// A process dies with a request of its own under way.
    crash_in_request,
    /// A process stands still for a while, with a request to be sent: a long pause of its machine.
    pause,
    /// The wall clock jumps, either way.
    clock_jump,
    /// Timers ring late.
    late_timers,
    /// A plane's call to the outside (see `outside`) fails before it has any effect.
    refused_call,
    /// A call to the outside is done, and its answer is lost.
    lost_call_answer,
    /// A call to the outside takes seconds.
    slow_call,
    /// Every write of one object fails, for ever.
    poisoned_object,
};

inline constexpr std::size_t fault_kinds =
    static_cast<std::size_t>(fault_kind::poisoned_object) + 1;

[[nodiscard]] inline std::string_view to_string(fault_kind kind) noexcept
{
    static constexpr std::array<std::string_view, fault_kinds> names{
        "refused_request", "lost_request",   "lost_answer",   "late_request", "slow_answer",
        "rival_write",     "expired_token",  "stale_replica", "late_event",   "broken_watch",
        "silent_watch",    "hidden_event",   "compaction",    "crash",        "crash_in_request",
        "pause",           "clock_jump",     "late_timers",   "refused_call", "lost_call_answer",
        "slow_call",       "poisoned_object"};
    auto const place = static_cast<std::size_t>(kind);
    return place < names.size() ? names[place] : "unknown";
}

[[nodiscard]] inline std::optional<fault_kind> fault_kind_named(std::string_view name) noexcept
{
    for (std::size_t i = 0; i != fault_kinds; ++i)
        if (to_string(static_cast<fault_kind>(i)) == name)
            return static_cast<fault_kind>(i);
    return std::nullopt;
}

/// One occurrence of a fault: of its kind, the `nth` chance (from 0) at a place. Places are named
/// after what happens there ("controllers update /apps/v1/sets/default/a"), so that leaving one
/// fault out of a run leaves the others where they were.
struct fault {
    fault_kind kind = fault_kind::crash;
    std::string site;
    std::uint32_t nth = 0;
    /// How much of it: a step for a crash. Drawn from the seed if zero.
    std::uint64_t amount = 0;

    fault() = default;
    fault(fault_kind what, std::string where, std::uint32_t which, std::uint64_t how_much = 0)
        : kind{what},
          site{std::move(where)},
          nth{which},
          amount{how_much}
    {}

    friend auto operator<=>(fault const&, fault const&) = default;
};

[[nodiscard]] inline std::string to_string(fault const& one)
{
    auto text =
        std::string{to_string(one.kind)} + " at \"" + one.site + "\" #" + std::to_string(one.nth);
    return one.amount == 0 ? text : text + " (" + std::to_string(one.amount) + ")";
}

} // namespace converge::testing
