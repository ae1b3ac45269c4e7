// SPDX-License-Identifier: BSL-1.0
#pragma once

// Compares what was found after a crash with what the users were told before it.

#include "crash_log.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

/// Knows what a store must hold, over any number of crashes.
///
/// It replays every revision from the state before: what the history shows, or what was
/// acknowledged where the history begins later. So it finds a lost, a changed, a torn and an
/// invented write, a hole, a revision given twice, and whatever was seen and is not there.
class crash_checker {
public:
    /// @param may_lose_the_end  What was acknowledged last may be missing.
    explicit crash_checker(bool may_lose_the_end = false) : may_lose_the_end_{may_lose_the_end} {}

    /// @returns what is wrong, and takes over what was found.
    std::vector<std::string> check(crash_log const& log, recovered const& found)
    {
        wrong_ = log.complaints;
        wrong_.insert(wrong_.end(), found.complaints.begin(), found.complaints.end());
        taken_.clear();
        unknown_.clear();
        alive_ = found.leases;
        begin_ = now_;
        begin_at_ = newest_;
        for (auto const& [id, granted] : log.leases)
            note_lease(id, granted);
        check_head(log, found);
        check_told(log, found);
        replay(log, found);
        check_seen(log, found);
        check_past(found);
        check_state(log, found);
        check_leases(log, found);
        adopt(log, found);
        return std::exchange(wrong_, {});
    }

    /// Whether a backup that holds `copy` was the state at a revision from `from` to `to`, all
    /// within the last check.
    [[nodiscard]] bool was_state(held_keys const& copy, converge::revision from,
                                 converge::revision to) const
    {
        auto state = begin_;
        if (from <= begin_at_ && state == copy)
            return true;
        for (auto const& [at, all] : history_) {
            if (at <= begin_at_ || at > to)
                continue;
            apply(state, all, at);
            if (at >= from && state == copy)
                return true;
        }
        return false;
    }

    /// How many revisions of the last check were neither acknowledged nor in the history.
    [[nodiscard]] std::size_t unknown() const noexcept { return unknown_.size(); }
    [[nodiscard]] converge::revision newest() const noexcept { return newest_; }
    [[nodiscard]] std::uint64_t last_lease() const noexcept { return last_lease_; }

private:
    void blame(std::string text) { wrong_.push_back(std::move(text)); }

    void note_lease(std::uint64_t id, granted_lease granted)
    {
        if (id <= last_lease_)
            blame("lease " + std::to_string(id) + " was granted again");
        last_lease_ = std::max(last_lease_, id);
        leases_[id] = granted;
    }

    void check_head(crash_log const& log, recovered const& found)
    {
        if (incarnation_ && *incarnation_ != found.incarnation)
            blame("the incarnation changed");
        incarnation_ = found.incarnation;
        if (found.newest < newest_)
            blame("the newest revision went back from " + to_string(newest_) + " to " +
                  to_string(found.newest));
        if (found.compacted < compacted_)
            blame("the window went back");
        if (log.newest > found.newest && !may_lose_the_end_)
            blame("revision " + to_string(log.newest) + " was seen; the newest found is " +
                  to_string(found.newest));
    }

    void check_told(crash_log const& log, recovered const& found)
    {
        by_revision_.clear();
        for (auto const& [id, at] : log.acknowledged) {
            if (at <= begin_at_ || !by_revision_.emplace(at, id).second)
                blame("revision " + to_string(at) + " was given twice");
            if (at > found.newest && !may_lose_the_end_)
                blame("the acknowledged write " + std::to_string(id) + " at " + to_string(at) +
                      " is lost");
        }
    }

    void replay(crash_log const& log, recovered const& found)
    {
        for (auto at = begin_at_.next(); at <= found.newest; at = at.next()) {
            changes all;
            auto const shown = found.window.find(at);
            auto const told = by_revision_.find(at);
            if (shown != found.window.end())
                all = explain(log, shown->second, at);
            else if (at >= found.compacted)
                blame("revision " + to_string(at) + " is a hole in the history");
            else if (told != by_revision_.end())
                all = expected(log, told->second, log.otherwise.contains(told->second));
            else
                all = seen_end_of_lease(log, at);
            if (told != by_revision_.end())
                taken_.insert(told->second);
            apply(now_, all, at);
            history_[at] = std::move(all);
            if (found.past.contains(at))
                past_[at] = now_;
        }
        for (auto const& [at, events] : found.window)
            if (at <= begin_at_ && history_.contains(at))
                check_old(at, events);
    }

    void check_old(converge::revision at, std::vector<recovered::event> const& events)
    {
        auto const known = history_.find(at);
        bool same = known->second.size() == events.size();
        for (std::size_t i = 0; same && i < events.size(); ++i)
            same = std::ranges::any_of(known->second, [&](change const& each) {
                return each.key == events[i].what.key && each.stamp == events[i].what.stamp;
            });
        if (!same && !loose_.contains(at))
            blame("revision " + to_string(at) + " is not what it was");
    }

    /// What the events of one revision were, as asked for.
    changes explain(crash_log const& log, std::vector<recovered::event> const& events,
                    converge::revision at)
    {
        for (auto const& each : events) {
            auto const before = now_.find(each.what.key);
            auto const stamp = before == now_.end() ? 0 : before->second.stamp;
            if (each.before != stamp && unknown_.empty() && each.before != 0)
                blame(each.what.key + " at " + to_string(at) + " tells a wrong previous object");
        }
        auto const put = std::ranges::find_if(
            events, [](recovered::event const& each) { return each.what.stamp != 0; });
        if (put == events.end())
            return explain_erasure(log, events, at);
        auto const id = put->what.stamp / stamps_each;
        bool const otherwise = put->what.stamp % stamps_each >= stamps_each / 2;
        auto const told = by_revision_.find(at);
        if (!log.asked.contains(id) || log.void_.contains(id))
            blame("revision " + to_string(at) + " was asked for by nobody");
        else if (!taken_.insert(id).second)
            blame("write " + std::to_string(id) + " was done twice");
        else if (auto const known = log.acknowledged.find(id);
                 (known != log.acknowledged.end() && known->second != at) ||
                 (known != log.acknowledged.end() && log.otherwise.contains(id) != otherwise) ||
                 (told != by_revision_.end() && told->second != id))
            blame("revision " + to_string(at) + " is not what was acknowledged");
        else if (auto all = expected(log, id, otherwise); same(events, all))
            return all;
        else
            blame("revision " + to_string(at) + " holds a part of write " + std::to_string(id));
        return as_changes(events);
    }

    changes explain_erasure(crash_log const& log, std::vector<recovered::event> const& events,
                            converge::revision at)
    {
        auto const told = by_revision_.find(at);
        if (told != by_revision_.end()) {
            if (!same(events, expected(log, told->second, false)))
                blame("revision " + to_string(at) + " is not what was acknowledged");
            return as_changes(events);
        }
        auto const first = now_.find(events.front().what.key);
        auto const lease = first == now_.end() ? 0 : first->second.lease;
        bool const whole = same(events, hanging_on(now_, lease));
        // Where both would do, the end of a lease does: it is not used up by one erasure.
        if (whole && lease != 0 && !alive_.contains(lease)) {
            if (auto const known = leases_.find(lease);
                known != leases_.end() && earliest_end(log, known->second) > log.clock)
                blame("lease " + std::to_string(lease) + " ended early");
            return as_changes(events);
        }
        for (auto const& [id, write] : log.asked) {
            bool const open = !log.acknowledged.contains(id) && !log.void_.contains(id);
            if (open && !taken_.contains(id) && same(events, expected(log, id, false))) {
                taken_.insert(id);
                return as_changes(events);
            }
        }
        if (unknown_.empty())
            blame(whole && lease != 0
                      ? "lease " + std::to_string(lease) + " lives on after its end"
                      : "the erasure at " + to_string(at) + " was asked for by nobody");
        return as_changes(events);
    }

    /// The end of a lease is acknowledged to nobody; but there may be somebody who saw it.
    changes seen_end_of_lease(crash_log const& log, converge::revision at)
    {
        changes erased;
        for (auto const& each : log.seen)
            if (each.at == at && each.stamp == 0 && now_.contains(each.key))
                erased.push_back({each.key, 0, 0});
        std::ranges::sort(erased);
        erased.erase(std::unique(erased.begin(), erased.end()), erased.end());
        auto const lease = erased.empty() ? 0 : now_.at(erased.front().key).lease;
        if (lease != 0 && erased == hanging_on(now_, lease))
            return erased;
        unknown_.insert(at);
        return {};
    }

    /// What a write changes in the state as it is now.
    [[nodiscard]] changes expected(crash_log const& log, std::uint64_t id, bool otherwise) const
    {
        auto const write = log.asked.find(id);
        if (write == log.asked.end())
            return {};
        changes all;
        for (auto const& each : otherwise ? write->second.otherwise : write->second.then)
            if (each.stamp != 0 || now_.contains(each.key))
                all.push_back(each);
        return all;
    }

    [[nodiscard]] bool same(std::vector<recovered::event> const& events, changes const& all) const
    {
        if (events.size() != all.size() && unknown_.empty())
            return false;
        return std::ranges::all_of(all, [&](change const& wanted) {
            bool const there = std::ranges::any_of(events, [&](recovered::event const& each) {
                return each.what.key == wanted.key && each.what.stamp == wanted.stamp;
            });
            return there || (wanted.stamp == 0 && !unknown_.empty());
        });
    }

    [[nodiscard]] static changes as_changes(std::vector<recovered::event> const& events)
    {
        changes all;
        for (auto const& each : events)
            all.push_back(each.what);
        return all;
    }

    void check_seen(crash_log const& log, recovered const& found)
    {
        for (auto const& each : log.seen) {
            if (each.at > found.newest)
                continue;
            auto const known = history_.find(each.at);
            bool const judged =
                known != history_.end() && !unknown_.contains(each.at) && !loose_.contains(each.at);
            if (judged && std::ranges::none_of(known->second, [&](change const& one) {
                    return one.key == each.key && one.stamp == each.stamp;
                }))
                blame(each.key + " was seen as written at " + to_string(each.at) +
                      ", where it was not");
        }
    }

    void check_past(recovered const& found)
    {
        for (auto const& [at, state] : found.past)
            if (auto const known = past_.find(at);
                known != past_.end() && unknown_.empty() && known->second != state)
                blame("the state at " + to_string(at) + " is not what it was");
    }

    /// Revisions that nothing tells of were writes under way, at most as many.
    void check_state(crash_log const& log, recovered const& found)
    {
        std::set<std::string> open;
        std::size_t under_way = 0;
        for (auto const& [id, write] : log.asked) {
            if (log.acknowledged.contains(id) || log.void_.contains(id) || taken_.contains(id))
                continue;
            ++under_way;
            for (auto const* const branch : {&write.then, &write.otherwise})
                for (auto const& each : *branch)
                    open.insert(each.key);
        }
        for (auto const& [id, lease] : leases_) {
            if (earliest_end(log, lease) > log.clock)
                continue;
            ++under_way;
        }
        for (auto const& [key, each] : begin_)
            if (each.lease != 0)
                open.insert(key);
        for (auto const& [id, write] : log.asked)
            for (auto const& each : write.then)
                if (each.lease != 0)
                    open.insert(each.key);
        if (unknown_.size() > under_way)
            blame(std::to_string(unknown_.size()) + " revisions, the first " +
                  to_string(*unknown_.begin()) + ", were asked for by nobody");
        auto const excused = [&](std::string const& key) {
            return !unknown_.empty() && open.contains(key);
        };
        for (auto const& [key, each] : now_)
            if (auto const there = found.now.find(key); !excused(key)) {
                if (there == found.now.end())
                    blame(key + ", written at " + to_string(each.modified) + ", is missing");
                else if (there->second != each)
                    blame(key + ", written at " + to_string(each.modified) + ", has changed");
            }
        for (auto const& [key, each] : found.now)
            if (!now_.contains(key) && !excused(key))
                blame(key + ", written at " + to_string(each.modified) + ", should not be there");
    }

    [[nodiscard]] static converge::instant earliest_end(crash_log const& log,
                                                        granted_lease const& lease)
    {
        return std::max(lease.since, log.clock_begin) + lease.ttl;
    }

    void check_leases(crash_log const& log, recovered const& found)
    {
        for (auto const& [id, lease] : leases_) {
            bool const there = found.leases.contains(id);
            if (!there && earliest_end(log, lease) > log.clock && !may_lose_the_end_)
                blame("lease " + std::to_string(id) + " is lost");
        }
    }

    void adopt(crash_log const&, recovered const& found)
    {
        now_ = found.now;
        newest_ = found.newest;
        compacted_ = found.compacted;
        past_[newest_] = now_;
        loose_.insert(unknown_.begin(), unknown_.end());
        std::map<std::uint64_t, granted_lease> alive;
        for (auto const id : found.leases) {
            auto const known = leases_.find(id);
            // Whatever the clock was, the next one is new.
            alive[id] = {known == leases_.end() ? converge::duration{} : known->second.ttl, {}};
            last_lease_ = std::max(last_lease_, id);
        }
        leases_ = std::move(alive);
        constexpr std::size_t remembered = 4096;
        while (history_.size() > remembered)
            history_.erase(history_.begin());
        while (past_.size() > remembered / 128)
            past_.erase(past_.begin());
        while (!loose_.empty() && !history_.contains(*loose_.begin()))
            loose_.erase(loose_.begin());
    }

    bool may_lose_the_end_;
    std::optional<std::uint64_t> incarnation_;
    held_keys now_;
    converge::revision newest_{};
    converge::revision compacted_{};
    std::map<converge::revision, changes> history_;
    std::map<converge::revision, held_keys> past_;
    /// Revisions whose changes are not known.
    std::set<converge::revision> loose_;
    std::map<std::uint64_t, granted_lease> leases_;
    std::uint64_t last_lease_ = 0;

    /// Of one check.
    std::vector<std::string> wrong_;
    std::map<converge::revision, std::uint64_t> by_revision_;
    std::set<std::uint64_t> taken_;
    std::set<std::uint64_t> alive_;
    std::set<converge::revision> unknown_;
    held_keys begin_;
    converge::revision begin_at_{};
};

} // namespace store_test
