// SPDX-License-Identifier: BSL-1.0
#pragma once

// Decides whether a history could have come from a store that does one thing at a time.

#include "history.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

/// The law that a history breaks.
enum class broken {
    nothing,
    /// Two commits were given one revision.
    duplicated_revision,
    /// A revision was given to nobody, or several to one.
    skipped_revision,
    /// The conditions of a commit did not hold in the state before it but it succeeded, or the
    /// other way round.
    wrong_decision,
    /// A commit tells something else about its keys than what it did to them.
    wrong_answer,
    /// A list is not the state at the revision that it names.
    torn_snapshot,
    /// A call was answered by a state older than one that somebody had been told of before.
    stale_read,
    /// A call was answered by a state that had not been written yet when it returned.
    future_read,
    /// A read found what was never written.
    invented_read,
    /// A commit that began after another call had ended was given an earlier revision than what
    /// that call saw.
    wrong_order,
};

struct verdict {
    broken law = broken::nothing;
    /// Which entry of the history shows it.
    std::size_t where = 0;
};

/// Checks a history of one store that began empty, written by nobody else. All outcomes are known.
///
/// Every commit that writes has a revision of its own, so there is nothing to search for: in the
/// order of revisions they must do to the model what they say they did, and no call may be answered
/// from a state before what had been answered when it began, or after what had begun when it
/// ended. A read that does not name its revision is given the earliest that suits it; if that one
/// leads to a contradiction, so does every other. O(n log n), n being calls plus entries listed.
class history_checker {
public:
    explicit history_checker(history const& all) : all_{all} {}

    [[nodiscard]] verdict operator()()
    {
        for (auto const step : {&history_checker::replay, &history_checker::compare_lists,
                                &history_checker::follow_time})
            if (auto const found = (this->*step)(); found.law != broken::nothing)
                return found;
        return {};
    }

    /// What the history made of the store. @pre The check found nothing broken.
    [[nodiscard]] store_model const& model() const { return model_; }

private:
    /// Puts the writes in the order of their revisions, and does the same to the model.
    verdict replay()
    {
        std::vector<std::size_t> writes;
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (all_[i].wrote())
                writes.push_back(i);
        std::ranges::sort(writes, {}, [this](std::size_t i) { return std::pair{all_[i].at, i}; });
        begun_.push_back(0);
        for (auto const i : writes) {
            auto const& each = all_[i];
            auto const before = model_.newest();
            if (each.at == before)
                return {broken::duplicated_revision, i};
            if (each.at != before.next())
                return {broken::skipped_revision, i};
            if (model_.holds(each.conditions, before) != each.succeeded)
                return {broken::wrong_decision, i};
            model_.apply(each.taken());
            if (model_.newest() != each.at || !tells_the_truth(each, before))
                return {broken::wrong_answer, i};
            begun_.push_back(std::max(begun_.back(), each.called));
        }
        return {};
    }

    [[nodiscard]] bool tells_the_truth(recorded const& each, converge::revision before) const
    {
        auto const& writes = each.taken();
        if (writes.size() != each.entries.size())
            return false;
        for (std::size_t i = 0; i < writes.size(); ++i)
            if (each.entries[i] != model_.get(writes[i].key, writes[i].size ? each.at : before))
                return false;
        return true;
    }

    verdict compare_lists()
    {
        for (std::size_t i = 0; i < all_.size(); ++i) {
            auto const& each = all_[i];
            bool const list =
                each.what == recorded::kind::list || each.what == recorded::kind::past_list;
            if (list && each.at > model_.newest())
                return {broken::future_read, i};
            if (list && each.listed != model_.list(each.key, each.at))
                return {broken::torn_snapshot, i};
        }
        return {};
    }

    /// Goes through the calls and returns in the order in which they happened, and gives every
    /// call the earliest revision that it can have been answered from.
    verdict follow_time()
    {
        std::map<std::uint64_t, std::size_t> ticks;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            ticks.emplace(all_[i].called, i);
            ticks.emplace(all_[i].returned, i);
        }
        std::vector<converge::revision> points(all_.size());
        converge::revision known{};
        for (auto const& [tick, i] : ticks) {
            auto const& each = all_[i];
            if (tick == each.returned) {
                known = std::max(known, points[i]);
                continue;
            }
            auto const law = place(each, known, points[i]);
            if (law != broken::nothing)
                return {law, i};
        }
        return {};
    }

    /// Finds the revision of a call that began when `known` was known.
    broken place(recorded const& each, converge::revision known, converge::revision& point) const
    {
        if (each.wrote()) {
            point = each.at;
            return point > known ? broken::nothing : broken::wrong_order;
        }
        auto const last = newest_begun(each.returned);
        switch (each.what) {
        case recorded::kind::past_list:
            point = known;
            return each.at > last ? broken::future_read : broken::nothing;
        case recorded::kind::get: return place_get(each, known, last, point);
        case recorded::kind::list: break;
        case recorded::kind::commit:
            if (each.at <= model_.newest() &&
                model_.holds(each.conditions, each.at) != each.succeeded)
                return broken::wrong_decision;
            break;
        }
        point = each.at;
        return point < known ? broken::stale_read
               : point > last ? broken::future_read
                              : broken::nothing;
    }

    broken place_get(recorded const& each, converge::revision known, converge::revision last,
                     converge::revision& point) const
    {
        auto const& found = each.entries[0];
        auto const& spans = model_.life(each.key);
        // The spans may be many, but only those that begin later than `known` matter, and of the
        // others the last.
        auto span = std::ranges::upper_bound(spans, known, {}, &store_model::span::from);
        point = known;
        if (held_before(spans, span) == found)
            return broken::nothing;
        for (; span != spans.end() && span->from <= last; ++span)
            if (span->held == found) {
                point = span->from;
                return broken::nothing;
            }
        auto const somewhere = std::ranges::find(spans, found, &store_model::span::held);
        if (!found || (somewhere != spans.end() && somewhere->from <= known))
            return broken::stale_read;
        return somewhere == spans.end() ? broken::invented_read : broken::future_read;
    }

    template <class Spans, class Place>
    static std::optional<model_entry> held_before(Spans const& spans, Place place)
    {
        return place == spans.begin() ? std::nullopt : std::prev(place)->held;
    }

    /// The newest revision that was called for, with all before it, by then.
    [[nodiscard]] converge::revision newest_begun(std::uint64_t tick) const
    {
        auto const later = std::ranges::upper_bound(begun_, tick);
        return converge::revision{static_cast<std::uint64_t>(later - begun_.begin()) - 1};
    }

    history const& all_;
    store_model model_;
    /// By revision: when the last of the commits up to it was called.
    std::vector<std::uint64_t> begun_;
};

[[nodiscard]] inline verdict check(history const& all)
{
    return history_checker{all}();
}

} // namespace store_test
