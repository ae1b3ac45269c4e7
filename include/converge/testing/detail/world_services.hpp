// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/detail/parked.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/time_service.hpp>
#include <converge/testing/detail/hash.hpp>
#include <converge/testing/detail/world_executor.hpp>
#include <converge/work/random.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::testing::detail {

/// Virtual time: stands still while anything can run, then jumps to the next alarm.
class virtual_time final : public time_service {
public:
    explicit virtual_time(boost::asio::execution_context& context) : time_service{context} {}

    [[nodiscard]] instant now() const override { return now_; }

    [[nodiscard]] timestamp wall_now() const override
    {
        // 2026-01-01T00:00:00Z: any fixed date serves.
        constexpr timestamp epoch{std::chrono::seconds{1767225600}};
        auto const passed = now_.time_since_epoch() + wall_shift_;
        return epoch + std::chrono::duration_cast<timestamp::duration>(passed);
    }

    [[nodiscard]] std::shared_ptr<void> set_alarm(executor const&, instant due,
                                                  std::weak_ptr<alarm> target) override
    {
        auto token = std::make_shared<char>();
        alarms_.emplace(late(due), pending{std::move(target), token});
        return token;
    }

    /// When the next alarm rings; nothing if none is set.
    [[nodiscard]] std::optional<instant> next_due()
    {
        while (!alarms_.empty() && !alarms_.begin()->second.alive())
            alarms_.erase(alarms_.begin());
        if (alarms_.empty())
            return std::nullopt;
        return alarms_.begin()->first;
    }

    /// Jumps to the next alarm and rings it, and all others of the same moment: who of them goes
    /// first is not for the clock to say. @pre `next_due()`.
    void ring_next()
    {
        auto const due = alarms_.begin()->first;
        now_ = std::max(now_, due);
        while (!alarms_.empty() && alarms_.begin()->first == due) {
            auto const target = alarms_.begin()->second.target.lock();
            alarms_.erase(alarms_.begin());
            if (target)
                target->ring();
        }
    }

    void advance_to(instant at) { now_ = std::max(now_, at); }

    /// The wall clock jumps; the other goes on as before.
    void shift_wall(duration by) { wall_shift_ += by; }

    /// From now on alarms ring up to `most` late.
    void be_late(duration most) { most_late_ = most; }

private:
    struct pending {
        std::weak_ptr<alarm> target;
        std::weak_ptr<void> token;

        [[nodiscard]] bool alive() const { return !target.expired() && !token.expired(); }
    };

    /// By a part of `most_late_` that hangs on the moment alone, so that leaving out a fault elsewhere
    /// moves no other alarm.
    [[nodiscard]] instant late(instant due) const
    {
        if (most_late_ == duration::zero() || due > instant::max() - most_late_)
            return due;
        auto const drawn = mixed(static_cast<std::uint64_t>(due.time_since_epoch().count()));
        return due + duration{static_cast<duration::rep>(
                         drawn % static_cast<std::uint64_t>(most_late_.count() + 1))};
    }

    instant now_{};
    duration wall_shift_{};
    duration most_late_{};
    std::multimap<instant, pending> alarms_;
};

/// Chance keyed by site: the n-th draw at a site is the same whatever other sites draw, so that
/// leaving one fault out changes nothing else.
class keyed_random final : public random_service {
public:
    keyed_random(boost::asio::execution_context& context, std::uint64_t seed)
        : random_service{context, seed}, seed_{seed}
    {
    }

    [[nodiscard]] std::uint64_t draw(std::string_view site) override
    {
        auto found = draws_.find(site);
        if (found == draws_.end())
            found = draws_.emplace(std::string{site}, random_bits{seed_ ^ hash_of(site)}).first;
        return found->second.next();
    }

private:
    std::uint64_t seed_;
    std::map<std::string, random_bits, std::less<>> draws_;
};

/// Gives each spawned task an identity of its own, younger than its parent's, and a key that hangs on
/// its parent and on how many siblings are older: the same in runs that differ elsewhere.
class task_registry final : public converge::detail::parking_service {
public:
    struct task_state {
        std::uint64_t key = 0;
        std::uint64_t children = 0;
        std::uint64_t turns = 0;
        /// Not zero: goes after all tasks with a smaller one (see `turn_order::ranked`).
        std::uint64_t demoted = 0;
    };

    explicit task_registry(boost::asio::execution_context& context)
        : converge::detail::parking_service{context}
    {
        (void)add(0);
    }

    [[nodiscard]] executor child_of(executor const& parent) override
    {
        auto const* known = parent.target<world_executor>();
        if (known == nullptr)
            return parent;
        auto from = known->from();
        auto& of = tasks_[from.task];
        from.task = add(mixed(of.key ^ ++of.children));
        return world_executor{static_cast<turn_queue&>(context()), from};
    }

    /// @returns the number of a new task with that key.
    [[nodiscard]] std::uint64_t add(std::uint64_t stable_key)
    {
        tasks_.emplace_back().key = stable_key;
        return tasks_.size() - 1;
    }

    [[nodiscard]] task_state& state(std::uint64_t task) { return tasks_[task]; }

private:
    std::vector<task_state> tasks_;
};

} // namespace converge::testing::detail
