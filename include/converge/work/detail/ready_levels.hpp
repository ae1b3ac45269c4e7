// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/prefetch.hpp>
#include <converge/work/detail/tenants.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace converge::detail {

/// What an entry carries while it is in `ready_levels`.
template <class Entry>
struct fifo_hook {
    Entry* previous = nullptr;
    Entry* next = nullptr;
};

/// The ready entries, and whose turn it is: a level for each priority, in it a list for each
/// tenant, first in first out.
///
/// Within a level the lists take turns, as in deficit round robin (Shreedhar and Varghese, 1995) with
/// a cost of one an entry: a turn is as many takes as the tenant's weight, a list that ends gives
/// the rest of its turn up, and one that begins comes last in the round. Which level is served is
/// decided in `choose`; `keyed_queue` states the bound that follows.
///
/// Entries are linked, not copied. `push`, `remove` and `pop` are O(1) in the number of entries and
/// tenants and O(levels), of which there are as many as distinct priorities ready at once.
/// Allocates only when there are more levels, or more lists, than ever before.
///
/// `Entry` has the members `int priority`, `fifo_hook<Entry> link`, and `tenant* of`, which is null
/// for all entries or for none.
template <class Entry>
class ready_levels {
public:
    ready_levels() = default;
    explicit ready_levels(unsigned yield_every) noexcept : yield_every_{yield_every} {}

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// To the end of its tenant's list in the level of `entry.priority`.
    void push(Entry& entry)
    {
        auto& to = flows_[list_for(entry)];
        entry.link = {to.tail, nullptr};
        (to.tail != nullptr ? to.tail->link.next : to.head) = &entry;
        to.tail = &entry;
        ++size_;
    }

    /// The entry whose turn it is, taken out. @pre Not empty.
    [[nodiscard]] Entry& pop() noexcept
    {
        auto const at = choose();
        auto& from = levels_[at];
        auto& entry = *flows_[from.turn].head;
        from.served = ++events_;
        unlink(entry, flows_[from.turn]);
        if (flows_[from.turn].head == nullptr)
            drop(at, from.turn);
        else if (--from.left == 0)
            give_turn(from, flows_[from.turn].next);
        return entry;
    }

    /// Calls `visit(entry, n)` for up to `most` entries that probably come next, n pops from now.
    /// @pre Not empty.
    template <class Visit>
    void guess_next(unsigned most, Visit visit) const
    {
        auto const* each = flows_[levels_.back().turn].head;
        for (unsigned n = 1; n <= most && each != nullptr; ++n, each = each->link.next)
            visit(*each, n);
    }

    /// @pre `entry` is held, at its priority of when it was pushed.
    void remove(Entry& entry) noexcept
    {
        auto const at = position_of(entry.priority);
        auto const from =
            entry.of != nullptr ? flow_of(*entry.of, entry.priority) : levels_[at].turn;
        unlink(entry, flows_[from]);
        if (flows_[from].head == nullptr)
            drop(at, from);
    }

private:
    /// The entries of one tenant and one priority.
    struct flow {
        Entry* head = nullptr;
        Entry* tail = nullptr;
        tenant* of = nullptr;
        /// The round of its level. Of an unused one, `next` is the next unused one.
        flow_index previous = no_flow;
        flow_index next = no_flow;
        /// The same tenant's list in another level.
        flow_index sibling = no_flow;
        int priority = 0;
    };

    struct level {
        int priority = 0;
        /// The list whose turn it is, and how many takes of its turn are left.
        flow_index turn = no_flow;
        unsigned left = 0;
        /// When it was served last, or else became ready, in events of this object.
        std::uint64_t served = 0;
    };

    /// The highest level; or, in one of `yield_every_` takes for which others wait, that which was
    /// not served for the longest time. That may be the highest: if those takes left it out, a level
    /// that is the highest at just these moments would starve.
    [[nodiscard]] std::size_t choose() noexcept
    {
        auto const highest = levels_.size() - 1;
        if (highest == 0) {
            unshared_ = 0;
            return highest;
        }
        if (yield_every_ == 0 || ++unshared_ < yield_every_)
            return highest;
        unshared_ = 0;
        auto const longest =
            std::min_element(levels_.begin(), levels_.end(),
                             [](level const& a, level const& b) { return a.served < b.served; });
        return static_cast<std::size_t>(longest - levels_.begin());
    }

    // Ascending, so that the level that comes and goes most, the highest, is at the cheap end.
    [[nodiscard]] std::size_t position_of(int priority) const noexcept
    {
        auto const found =
            std::lower_bound(levels_.begin(), levels_.end(), priority,
                             [](level const& held, int wanted) { return held.priority < wanted; });
        return static_cast<std::size_t>(found - levels_.begin());
    }

    [[nodiscard]] flow_index flow_of(tenant const& of, int priority) const noexcept
    {
        auto found = of.flows;
        while (found != no_flow && flows_[found].priority != priority)
            found = flows_[found].sibling;
        return found;
    }

    [[nodiscard]] flow_index list_for(Entry& entry)
    {
        auto const at = position_of(entry.priority);
        bool const is_new = at == levels_.size() || levels_[at].priority != entry.priority;
        if (!is_new) {
            if (entry.of == nullptr)
                return levels_[at].turn;
            if (auto const found = flow_of(*entry.of, entry.priority); found != no_flow)
                return found;
        }
        reserve_flow();
        if (is_new)
            levels_.insert(levels_.begin() + static_cast<std::ptrdiff_t>(at),
                           level{entry.priority, no_flow, 0, ++events_});
        return begin_flow(levels_[at], entry.of);
    }

    // What can fail comes before what changes the lists.
    void reserve_flow()
    {
        if (unused_ != no_flow)
            return;
        flows_.emplace_back();
        unused_ = static_cast<flow_index>(flows_.size() - 1);
    }

    [[nodiscard]] flow_index begin_flow(level& in, tenant* of) noexcept
    {
        auto const made = unused_;
        auto& list = flows_[made];
        unused_ = std::exchange(list.next, no_flow);
        list.of = of;
        list.priority = in.priority;
        if (of != nullptr)
            list.sibling = std::exchange(of->flows, made);
        if (in.turn == no_flow) {
            list.previous = list.next = made;
            give_turn(in, made);
        } else {
            list.next = in.turn;
            list.previous = flows_[in.turn].previous;
            flows_[list.previous].next = made;
            flows_[list.next].previous = made;
        }
        return made;
    }

    void give_turn(level& in, flow_index to) noexcept
    {
        in.turn = to;
        in.left = flows_[to].of != nullptr ? flows_[to].of->weight : 1;
        prefetch(flows_[to].head);
    }

    /// Ends a list that has become empty, and its level if that was the last one.
    void drop(std::size_t at, flow_index ended) noexcept
    {
        auto& list = flows_[ended];
        if (list.of != nullptr) {
            auto* from = &list.of->flows;
            while (*from != ended)
                from = &flows_[*from].sibling;
            *from = list.sibling;
        }
        if (list.next == ended) {
            levels_.erase(levels_.begin() + static_cast<std::ptrdiff_t>(at));
        } else {
            flows_[list.previous].next = list.next;
            flows_[list.next].previous = list.previous;
            if (levels_[at].turn == ended)
                give_turn(levels_[at], list.next);
        }
        list = flow{};
        list.next = std::exchange(unused_, ended);
    }

    void unlink(Entry& entry, flow& from) noexcept
    {
        auto const [previous, next] = entry.link;
        (previous != nullptr ? previous->link.next : from.head) = next;
        (next != nullptr ? next->link.previous : from.tail) = previous;
        --size_;
    }

    std::vector<level> levels_;
    std::vector<flow> flows_;
    std::size_t size_ = 0;
    std::uint64_t events_ = 0;
    flow_index unused_ = no_flow;
    unsigned yield_every_ = 8;
    /// Takes from the highest level since the last that yielded, while others waited.
    unsigned unshared_ = 0;
};

} // namespace converge::detail
