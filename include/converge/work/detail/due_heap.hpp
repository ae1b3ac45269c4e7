// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace converge::detail {

/// What an entry of a `due_heap` carries.
struct due_hook {
    instant due{};
    /// Orders equal instants by arrival.
    std::uint64_t arrival = 0;
    std::size_t position = std::numeric_limits<std::size_t>::max();
};

/// An intrusive binary heap: the earliest `due` on top, first come first served among equals, and
/// removal from the middle. Holds pointers only; allocates only when it grows beyond its largest
/// size. push, remove and reschedule are O(log n), top is O(1).
///
/// `Entry` has a member `due_hook hook`.
template <class Entry>
class due_heap {
public:
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] Entry& top() const noexcept { return *entries_.front(); }

    void push(Entry& entry, instant due)
    {
        entries_.push_back(&entry);
        entry.hook = due_hook{due, ++arrivals_, entries_.size() - 1};
        rise(entry.hook.position);
    }

    void remove(Entry& entry) noexcept
    {
        auto const hole = entry.hook.position;
        auto* const last = entries_.back();
        entries_.pop_back();
        if (last == &entry)
            return;
        put(hole, last);
        rise(hole);
        sink(last->hook.position);
    }

    /// Makes a held entry due earlier. @pre `due` is earlier than the entry's.
    void advance(Entry& entry, instant due) noexcept
    {
        entry.hook.due = due;
        entry.hook.arrival = ++arrivals_;
        rise(entry.hook.position);
    }

private:
    [[nodiscard]] bool before(std::size_t left, std::size_t right) const noexcept
    {
        auto const& a = entries_[left]->hook;
        auto const& b = entries_[right]->hook;
        return a.due != b.due ? a.due < b.due : a.arrival < b.arrival;
    }

    void put(std::size_t position, Entry* entry) noexcept
    {
        entries_[position] = entry;
        entry->hook.position = position;
    }

    void exchange(std::size_t left, std::size_t right) noexcept
    {
        auto* const held = entries_[left];
        put(left, entries_[right]);
        put(right, held);
    }

    void rise(std::size_t child) noexcept
    {
        while (child != 0) {
            auto const parent = (child - 1) / 2;
            if (!before(child, parent))
                return;
            exchange(child, parent);
            child = parent;
        }
    }

    void sink(std::size_t parent) noexcept
    {
        for (;;) {
            auto child = 2 * parent + 1;
            if (child >= entries_.size())
                return;
            if (child + 1 < entries_.size() && before(child + 1, child))
                ++child;
            if (!before(child, parent))
                return;
            exchange(child, parent);
            parent = child;
        }
    }

    std::vector<Entry*> entries_;
    std::uint64_t arrivals_ = 0;
};

} // namespace converge::detail
