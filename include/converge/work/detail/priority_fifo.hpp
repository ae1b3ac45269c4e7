// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace converge::detail {

/// What an entry of a `priority_fifo` carries.
template <class Entry>
struct fifo_hook {
    Entry* previous = nullptr;
    Entry* next = nullptr;
};

/// Intrusive first-in-first-out lists, one a priority. push, remove and pop are O(1) in the
/// number of entries; a new level costs O(levels), of which there are as many as distinct
/// priorities waiting at once. Allocates only when it sees more levels than ever before.
///
/// `Entry` has the members `int priority` and `fifo_hook<Entry> link`. Which level is served next
/// is decided in one place, `front()`.
template <class Entry>
class priority_fifo {
public:
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The oldest entry of the highest priority. @pre Not empty.
    [[nodiscard]] Entry& front() const noexcept { return *levels_.back().head; }

    /// To the end of the level of `entry.priority`.
    void push(Entry& entry)
    {
        auto& level = level_of(entry.priority);
        entry.link = {level.tail, nullptr};
        (level.tail != nullptr ? level.tail->link.next : level.head) = &entry;
        level.tail = &entry;
        ++size_;
    }

    /// @pre `entry` is held, at its priority of when it was pushed.
    void remove(Entry& entry) noexcept
    {
        auto const found = position_of(entry.priority);
        auto& level = *found;
        auto [previous, next] = entry.link;
        (previous != nullptr ? previous->link.next : level.head) = next;
        (next != nullptr ? next->link.previous : level.tail) = previous;
        entry.link = {};
        --size_;
        if (level.head == nullptr)
            levels_.erase(found);
    }

private:
    struct lane {
        int priority;
        Entry* head;
        Entry* tail;
    };

    // Ascending, so that the level that comes and goes most, the highest, is at the cheap end.
    [[nodiscard]] auto position_of(int priority) noexcept
    {
        return std::lower_bound(
            levels_.begin(), levels_.end(), priority,
            [](lane const& held, int wanted) { return held.priority < wanted; });
    }

    [[nodiscard]] lane& level_of(int priority)
    {
        auto const found = position_of(priority);
        if (found != levels_.end() && found->priority == priority)
            return *found;
        return *levels_.insert(found, lane{priority, nullptr, nullptr});
    }

    std::vector<lane> levels_;
    std::size_t size_ = 0;
};

} // namespace converge::detail
