// SPDX-License-Identifier: BSL-1.0
#include <converge/work/queue.hpp>

#include <converge/work/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using converge::cause_kind;
using converge::duration;
using converge::instant;
using converge::keyed_queue;
using converge::random_bits;
using converge::stop_mode;

/// The guarantees once more, as naively as they can be written: every question is a scan.
class naive_queue {
public:
    struct slot {
        bool ready = false;
        bool busy = false;
        bool attempted = false;
        std::optional<instant> due{};
        std::uint64_t order = 0;
        int priority = 0;
        int running_priority = 0;
        unsigned attempts = 0;
        unsigned causes = 0;
        instant deadline{};
    };

    bool add(int key, int priority)
    {
        if (stopped)
            return false;
        auto& at = slots[key];
        bool const fresh = !at.ready;
        if (fresh || priority > at.priority)
            at.order = ++clock;
        at.priority = at.ready || at.due ? std::max(at.priority, priority) : priority;
        at.ready = true;
        at.due.reset();
        ++at.causes;
        return fresh;
    }

    void add_at(int key, instant due, int priority)
    {
        if (stopped)
            return;
        auto& at = slots[key];
        if (at.ready) {
            add(key, priority);
            return;
        }
        if (!at.due || due < *at.due)
            at.order = ++clock;
        at.priority = at.due ? std::max(at.priority, priority) : priority;
        at.due = at.due ? std::min(*at.due, due) : due;
        ++at.causes;
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
        add_at(key, at.deadline, at.busy ? at.running_priority : 0);
    }

    void advance(instant now)
    {
        for (;;) {
            slot* earliest = nullptr;
            for (auto& [key, at] : slots)
                if (at.due && !at.busy && *at.due <= now &&
                    (!earliest ||
                     std::pair{*at.due, at.order} < std::pair{*earliest->due, earliest->order}))
                    earliest = &at;
            if (!earliest)
                return;
            earliest->due.reset();
            earliest->ready = true;
            earliest->order = ++clock;
        }
    }

    std::optional<int> take(instant now)
    {
        advance(now);
        std::optional<int> best;
        for (auto& [key, at] : slots)
            if (at.ready && !at.busy &&
                (!best || std::pair{-at.priority, at.order} <
                              std::pair{-slots[*best].priority, slots[*best].order}))
                best = key;
        if (best) {
            auto& at = slots[*best];
            at.ready = false;
            at.busy = true;
            at.running_priority = at.priority;
            at.causes = 0;
        }
        return best;
    }

    void done(int key)
    {
        auto& at = slots[key];
        if (!at.busy)
            return;
        at.busy = false;
        at.order = ++clock;
    }

    bool cancel(int key)
    {
        auto& at = slots[key];
        if (!at.due)
            return false;
        at.due.reset();
        at.causes = 0;
        return true;
    }

    void stop(bool drop)
    {
        stopped = true;
        for (auto& [key, at] : slots) {
            at.due.reset();
            if (drop)
                at.ready = false;
        }
    }

    template <class Predicate>
    std::size_t count(Predicate matches) const
    {
        return static_cast<std::size_t>(std::count_if(
            slots.begin(), slots.end(), [&](auto const& item) { return matches(item.second); }));
    }

    std::map<int, slot> slots;
    std::uint64_t clock = 0;
    bool stopped = false;
};

/// Runs both queues side by side and compares everything that can be seen after every step.
class side_by_side {
public:
    explicit side_by_side(std::uint64_t seed) : chance_{seed} {}

    bool step()
    {
        int const key = static_cast<int>(chance_.uniform(24));
        int const priority = static_cast<int>(chance_.uniform(3)) - 1;
        duration const delay{chance_.uniform(50)};
        auto const choice = chance_.uniform(100);
        now_ += duration{chance_.uniform(4)};
        bool same = true;
        if (choice < 25) {
            same = real_.add(key, cause_kind::changed, priority) == model_.add(key, priority);
        } else if (choice < 40) {
            real_.add_at(key, cause_kind::requeue, now_ + delay, priority);
            model_.add_at(key, now_ + delay, priority);
        } else if (choice < 65) {
            same = take();
        } else if (choice < 90) {
            same = finish(delay);
        } else if (choice < 93) {
            same = real_.cancel_delayed(key) == model_.cancel(key);
        } else if (choice < 96) {
            real_.advance(now_);
            model_.advance(now_);
        } else if (choice < 98) {
            real_.forget(key);
            model_.slots[key].attempts = 0;
        } else {
            real_.done(key);
            model_.done(key);
            std::erase(busy_, key);
        }
        return same && agree();
    }

    bool stop_and_drain(stop_mode mode)
    {
        real_.stop(mode);
        model_.stop(mode == stop_mode::drop);
        bool same = agree() && !real_.add(1, cause_kind::changed);
        for (int round = 0; round < 200; ++round)
            same = same && take() && finish(duration{1}) && agree();
        return same && real_.idle();
    }

private:
    bool take()
    {
        auto const real = real_.take(now_);
        auto const expected = model_.slots;
        auto const model = model_.take(now_);
        if (real.has_value() != model.has_value())
            return false;
        if (!real)
            return true;
        busy_.push_back(real->key);
        auto const& after = model_.slots[*model];
        return real->key == *model && real->priority == after.running_priority &&
               real->attempt == after.attempts &&
               real->causes.count() == expected.at(*model).causes;
    }

    bool finish(duration delay)
    {
        if (busy_.empty())
            return true;
        auto const index = static_cast<std::ptrdiff_t>(chance_.uniform(busy_.size()));
        int const key = busy_[static_cast<std::size_t>(index)];
        busy_.erase(busy_.begin() + index);
        if (chance_.uniform(3) == 0) {
            real_.retry(key, cause_kind::retry, now_, delay);
            model_.retry(key, now_, delay);
        } else if (chance_.uniform(2) == 0) {
            real_.forget(key);
            model_.slots[key].attempts = 0;
        }
        real_.done(key);
        model_.done(key);
        return true;
    }

    bool agree()
    {
        std::optional<instant> due;
        for (auto const& [key, at] : model_.slots)
            if (at.due && !at.busy && (!due || *at.due < *due))
                due = at.due;
        using slot = naive_queue::slot;
        auto const delayed = model_.count([](slot const& at) { return at.due && !at.busy; });
        auto const ready = model_.count([](slot const& at) { return at.ready && !at.busy; });
        auto const busy = model_.count([](slot const& at) { return at.busy; });
        return real_.next_due() == due && real_.delayed() == delayed && real_.ready() == ready &&
               real_.processing() == busy && real_.idle() == (delayed + ready + busy == 0);
    }

    random_bits chance_;
    keyed_queue<int> real_;
    naive_queue model_;
    std::vector<int> busy_;
    instant now_{};
};

} // namespace

TEST_CASE("Q1-Q9 the queue does what a naive model does, through random operations")
{
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        side_by_side both{seed};
        for (int step = 0; step < 5'000; ++step) {
            CAPTURE(seed);
            CAPTURE(step);
            REQUIRE(both.step());
        }
        CHECK(both.stop_and_drain(seed % 2 == 0 ? stop_mode::drain : stop_mode::drop));
    }
}
