// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/prefetch.hpp>
#include <converge/core/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace converge::detail {

/// An intrusive heap: the earliest time on top, first come first served among equals, and removal
/// from the middle. Allocates only when it grows beyond its largest size. push, remove and move
/// are O(log n), top is O(1).
///
/// Four children a node, and times beside the pointers, so that an operation reads few cache lines.
/// `Entry` has a member `std::uint32_t heap_position`, which is the heap's while it holds the entry.
template <class Entry>
class due_heap {
public:
    [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
    [[nodiscard]] Entry& top() const noexcept { return *nodes_.front().entry; }
    /// @pre Not empty.
    [[nodiscard]] instant top_due() const noexcept { return nodes_.front().due; }

    void push(Entry& entry, instant due)
    {
        nodes_.push_back({});
        rise(nodes_.size() - 1, {due, ++arrivals_, &entry});
    }

    /// @pre `entry` is held.
    void remove(Entry& entry) noexcept
    {
        auto const hole = entry.heap_position;
        auto const last = nodes_.back();
        nodes_.pop_back();
        if (last.entry != &entry)
            settle(hole, last);
        // Often the next one to go.
        if (!nodes_.empty())
            prefetch(nodes_.front().entry);
    }

    /// Changes the time of a held entry, which comes last of those at its new one.
    void move(Entry& entry, instant due) noexcept
    {
        settle(entry.heap_position, {due, ++arrivals_, &entry});
    }

private:
    static constexpr std::size_t children = 4;

    struct node {
        instant due{};
        /// Orders equal instants by arrival.
        std::uint64_t arrival = 0;
        Entry* entry = nullptr;
    };

    [[nodiscard]] static bool before(node const& a, node const& b) noexcept
    {
        return a.due != b.due ? a.due < b.due : a.arrival < b.arrival;
    }

    void put(std::size_t position, node const& held) noexcept
    {
        nodes_[position] = held;
        held.entry->heap_position = static_cast<std::uint32_t>(position);
    }

    void settle(std::size_t hole, node const& held) noexcept
    {
        if (hole != 0 && before(held, nodes_[(hole - 1) / children]))
            rise(hole, held);
        else
            sink(hole, held);
    }

    void rise(std::size_t hole, node held) noexcept
    {
        while (hole != 0) {
            auto const parent = (hole - 1) / children;
            if (!before(held, nodes_[parent]))
                break;
            put(hole, nodes_[parent]);
            hole = parent;
        }
        put(hole, held);
    }

    void sink(std::size_t hole, node held) noexcept
    {
        for (;;) {
            auto const first = children * hole + 1;
            if (first >= nodes_.size())
                break;
            auto const end = std::min(first + children, nodes_.size());
            auto least = first;
            for (auto other = first + 1; other < end; ++other)
                if (before(nodes_[other], nodes_[least]))
                    least = other;
            if (!before(nodes_[least], held))
                break;
            put(hole, nodes_[least]);
            hole = least;
        }
        put(hole, held);
    }

    std::vector<node> nodes_;
    std::uint64_t arrivals_ = 0;
};

} // namespace converge::detail
