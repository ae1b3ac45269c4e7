// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/observe/detail/fact_hash.hpp>
#include <converge/observe/detail/lru_map.hpp>
#include <converge/observe/event_record.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace converge {

/// How much an `event_recorder` remembers and lets through.
struct event_limits {
    /// A fact is written at most once in this time.
    duration quiet = std::chrono::minutes{5};
    /// How many facts are remembered; beyond, the one that occurred longest ago is forgotten.
    std::size_t facts = 4096;
    /// How many facts that differ in their message only are told apart in one `similar_window`.
    std::size_t similar = 10;
    duration similar_window = std::chrono::minutes{10};

    event_limits() = default;
    explicit event_limits(duration quiet_time, std::size_t fact_count = 4096,
                          std::size_t similar_count = 10,
                          duration window = std::chrono::minutes{10})
        : quiet{quiet_time},
          facts{fact_count},
          similar{similar_count},
          similar_window{window}
    {}
};

/// Decides which facts about objects are worth a write, so that a controller may report the same
/// fact in every reconcile and the store still goes quiet.
///
/// The first occurrence of a fact makes an event. Later ones within `quiet` of the last write are
/// only counted; the first one after that updates the event, with the whole count. When one
/// component has more than `similar` facts of one type and reason about one object within
/// `similar_window`, the further new ones are counted together in a single event, whose message
/// is the latest one after `(combined from similar events): `.
///
/// Decides only: it writes nothing and reads no clock. What it forgets (a restart, more facts
/// than it remembers) is reported as new, under the same name as before. Moves, does not copy.
/// @par Bounds  About 100 bytes for each fact and each group of similar facts remembered.
/// @par Threads  None; a recorder belongs to one strand or thread. @par Complexity  O(message).
class event_recorder {
public:
    explicit event_recorder(event_limits limits = event_limits{})
        : limits_{limits},
          known_{limits.facts},
          groups_{limits.facts}
    {}

    /// What must be written because `fact` occurred at `now`; nothing if it is quiet.
    [[nodiscard]] std::optional<event_record> record(event_fact fact, timestamp now)
    {
        auto const group = detail::similarity_of(fact);
        auto const hash = detail::fact_hash{group}.add(fact.message).value();
        if (auto* const seen = known_.find(hash))
            return again(*seen, hash, std::move(fact), now);
        if (!crowded(group.value(), now))
            return first(hash, std::move(fact), now);

        fact.message.insert(0, "(combined from similar events): ");
        // One hash for all messages of the group; a fact's own always goes on to its message.
        auto const combined = group.value();
        if (auto* const seen = known_.find(combined))
            return again(*seen, combined, std::move(fact), now);
        return first(combined, std::move(fact), now);
    }

private:
    struct history {
        std::uint32_t count;
        timestamp first;
        timestamp last;
        timestamp written;
    };

    struct crowd {
        timestamp since;
        std::size_t facts;
    };

    [[nodiscard]] static event_record told(event_write write, std::uint64_t hash, event_fact fact,
                                           history const& so_far)
    {
        auto name = detail::event_name(fact.object.name, hash);
        event_record record{write, std::move(name), std::move(fact)};
        record.count = so_far.count;
        record.first = so_far.first;
        record.last = so_far.last;
        return record;
    }

    [[nodiscard]] event_record first(std::uint64_t hash, event_fact fact, timestamp now)
    {
        history const fresh{1, now, now, now};
        known_.insert(hash, fresh);
        return told(event_write::create, hash, std::move(fact), fresh);
    }

    [[nodiscard]] std::optional<event_record> again(history& seen, std::uint64_t hash,
                                                    event_fact fact, timestamp now)
    {
        if (seen.count != std::numeric_limits<std::uint32_t>::max())
            ++seen.count;
        seen.last = std::max(seen.last, now);
        // A clock that was set back must not make the quiet time longer.
        seen.written = std::min(seen.written, now);
        if (now - seen.written < limits_.quiet)
            return std::nullopt;
        seen.written = now;
        return told(event_write::update, hash, std::move(fact), seen);
    }

    /// Counts a fact that is new to its group, unless the group is full in this window.
    [[nodiscard]] bool crowded(std::uint64_t group, timestamp now)
    {
        auto* const known = groups_.find(group);
        if (known == nullptr) {
            groups_.insert(group, crowd{now, 1});
            return limits_.similar == 0;
        }
        known->since = std::min(known->since, now);
        if (now - known->since >= limits_.similar_window)
            *known = crowd{now, 0};
        if (known->facts >= limits_.similar)
            return true;
        ++known->facts;
        return false;
    }

    event_limits limits_;
    detail::lru_map<history> known_;
    detail::lru_map<crowd> groups_;
};

} // namespace converge
