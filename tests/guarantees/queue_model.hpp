// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/work/queue.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guarantees {

using converge::duration;
using converge::instant;

/// The promises of `converge::keyed_queue` once more, as naively as they can be written: every
/// question is a scan.
class queue_model {
public:
    struct slot {
        bool ready = false;
        bool busy = false;
        /// Whether it waits for a time, which is the earliest of all that it was promised.
        bool waits = false;
        std::vector<instant> promises{};
        std::optional<instant> quiet{};
        std::uint64_t order = 0;
        int priority = 0;
        int running_priority = 0;
        unsigned attempts = 0;
        unsigned causes = 0;
        instant deadline{};

        [[nodiscard]] instant due() const
        {
            auto const least = *std::min_element(promises.begin(), promises.end());
            return quiet ? std::min(least, *quiet) : least;
        }
        [[nodiscard]] bool can_be_taken() const { return ready && !busy; }
        void forget_times()
        {
            waits = false;
            promises.clear();
            quiet.reset();
        }
    };

    /// The priorities that wait, and in each of them the tenants, the one whose turn it is first.
    struct level {
        std::uint64_t served = 0;
        std::vector<int> round{};
        unsigned used = 0;
    };

    explicit queue_model(unsigned yield_every, int tenants)
        : yield_every_{yield_every},
          tenants_{tenants}
    {}

    /// Tenant 1 has two takes a turn, the others one.
    [[nodiscard]] static unsigned weight(int tenant) { return tenant == 1 ? 2 : 1; }
    [[nodiscard]] int tenant_of(int key) const { return tenants_ == 0 ? 0 : key % tenants_; }

    bool add(int key, int priority)
    {
        if (stopped)
            return false;
        auto& at = slots[key];
        bool const fresh = !at.ready;
        merge(at, priority);
        at.ready = true;
        at.forget_times();
        if (fresh)
            at.order = ++events_;
        tidy();
        return fresh;
    }

    void add_at(int key, instant due, int priority, bool replace)
    {
        if (stopped)
            return;
        schedule(slots[key], priority, [&](slot& at) {
            if (replace)
                at.forget_times();
            at.promises.push_back(due);
        });
    }

    void add_debounced(int key, instant now, duration quiet, duration most, int priority)
    {
        if (stopped)
            return;
        schedule(slots[key], priority, [&](slot& at) {
            at.promises.push_back(now + most);
            at.quiet = now + quiet;
        });
    }

    void retry(int key, instant now, duration delay)
    {
        if (stopped)
            return;
        auto& at = slots[key];
        if (at.attempts == 0 || now >= at.deadline) {
            at.deadline = now + delay;
            ++at.attempts;
        }
        add_at(key, at.deadline, at.busy ? at.running_priority : 0, false);
    }

    void advance(instant now)
    {
        for (;;) {
            slot* earliest = nullptr;
            for (auto& [key, at] : slots)
                if (at.waits && !at.busy && at.due() <= now &&
                    (!earliest ||
                     std::pair{at.due(), at.order} < std::pair{earliest->due(), earliest->order}))
                    earliest = &at;
            if (!earliest)
                return;
            earliest->forget_times();
            earliest->ready = true;
            earliest->order = ++events_;
            tidy();
        }
    }

    std::optional<int> take(instant now)
    {
        advance(now);
        if (levels.empty())
            return std::nullopt;
        auto const chosen = choose();
        auto& from = chosen->second;
        from.served = ++events_;
        ++from.used;
        int const tenant = from.round.front();
        std::optional<int> first;
        for (auto const& [key, at] : slots)
            if (at.can_be_taken() && at.priority == chosen->first && tenant_of(key) == tenant &&
                (!first || at.order < slots[*first].order))
                first = key;
        auto& at = slots[*first];
        at.ready = false;
        at.busy = true;
        at.running_priority = at.priority;
        at.causes = 0;
        if (from.used == weight(tenant) && has_ready(chosen->first, tenant)) {
            std::rotate(from.round.begin(), from.round.begin() + 1, from.round.end());
            from.used = 0;
        }
        tidy();
        return first;
    }

    void done(int key)
    {
        auto& at = slots[key];
        if (!at.busy)
            return;
        at.busy = false;
        at.order = ++events_;
        tidy();
    }

    bool cancel(int key)
    {
        auto& at = slots[key];
        if (!at.waits)
            return false;
        at.forget_times();
        at.causes = 0;
        return true;
    }

    void stop(bool drop)
    {
        stopped = true;
        for (auto& [key, at] : slots) {
            at.forget_times();
            if (drop)
                at.ready = false;
        }
        tidy();
    }

    template <class Predicate>
    [[nodiscard]] std::size_t count(Predicate matches) const
    {
        return static_cast<std::size_t>(std::count_if(
            slots.begin(), slots.end(), [&](auto const& item) { return matches(item.second); }));
    }

    std::map<int, slot> slots;
    std::map<int, level> levels;
    bool stopped = false;

private:
    void merge(slot& at, int priority)
    {
        bool const raised = at.ready && priority > at.priority;
        at.priority = at.ready || at.waits ? std::max(at.priority, priority) : priority;
        ++at.causes;
        if (raised)
            at.order = ++events_;
        tidy();
    }

    template <class Change>
    void schedule(slot& at, int priority, Change change)
    {
        merge(at, priority);
        if (at.ready)
            return;
        auto const before = at.waits ? std::optional{at.due()} : std::nullopt;
        change(at);
        at.waits = true;
        if (before != at.due())
            at.order = ++events_;
    }

    [[nodiscard]] bool has_ready(int priority, int tenant) const
    {
        return std::any_of(slots.begin(), slots.end(), [&](auto const& item) {
            return item.second.can_be_taken() && item.second.priority == priority &&
                   tenant_of(item.first) == tenant;
        });
    }

    [[nodiscard]] std::map<int, level>::iterator choose()
    {
        auto const highest = std::prev(levels.end());
        if (levels.size() == 1) {
            unshared_ = 0;
            return highest;
        }
        if (yield_every_ == 0 || ++unshared_ < yield_every_)
            return highest;
        unshared_ = 0;
        return std::min_element(levels.begin(), levels.end(), [](auto const& a, auto const& b) {
            return a.second.served < b.second.served;
        });
    }

    /// Levels and rounds name those that have ready keys; who is new comes last.
    void tidy()
    {
        for (auto& [priority, in] : levels) {
            auto const turn = in.round.front();
            std::erase_if(in.round,
                          [&, at = priority](int tenant) { return !has_ready(at, tenant); });
            if (in.round.empty() || in.round.front() != turn)
                in.used = 0;
        }
        std::erase_if(levels, [](auto const& item) { return item.second.round.empty(); });
        for (auto const& [key, at] : slots) {
            if (!at.can_be_taken())
                continue;
            auto const [found, made] = levels.try_emplace(at.priority);
            auto& in = found->second;
            if (made)
                in.served = ++events_;
            if (std::find(in.round.begin(), in.round.end(), tenant_of(key)) == in.round.end())
                in.round.push_back(tenant_of(key));
        }
    }

    unsigned yield_every_;
    int tenants_;
    std::uint64_t events_ = 0;
    unsigned unshared_ = 0;
};

} // namespace guarantees
