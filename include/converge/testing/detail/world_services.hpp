// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/detail/parked.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/time_service.hpp>
#include <converge/testing/detail/world_executor.hpp>
#include <converge/work/random.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
        return epoch + std::chrono::duration_cast<timestamp::duration>(now_.time_since_epoch());
    }

    [[nodiscard]] std::shared_ptr<void> set_alarm(executor const&, instant due,
                                                  std::weak_ptr<alarm> target) override
    {
        auto token = std::make_shared<char>();
        alarms_.emplace(due, pending{std::move(target), token});
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

    /// Jumps to the next alarm and rings it. @pre `next_due()`.
    void ring_next()
    {
        auto const next = alarms_.begin();
        now_ = std::max(now_, next->first);
        auto const target = next->second.target.lock();
        alarms_.erase(next);
        if (target)
            target->ring();
    }

    void advance_to(instant at) { now_ = std::max(now_, at); }

private:
    struct pending {
        std::weak_ptr<alarm> target;
        std::weak_ptr<void> token;

        [[nodiscard]] bool alive() const { return !target.expired() && !token.expired(); }
    };

    instant now_{};
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
            found = draws_.emplace(std::string{site}, random_bits{seed_ ^ hash(site)}).first;
        return found->second.next();
    }

private:
    /// FNV-1a, because std::hash differs from library to library.
    [[nodiscard]] static std::uint64_t hash(std::string_view text)
    {
        std::uint64_t value = 0xcbf29ce484222325u;
        for (char const c : text)
            value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
        return value;
    }

    std::uint64_t seed_;
    std::map<std::string, random_bits, std::less<>> draws_;
};

/// Gives each spawned task an identity of its own, younger than its parent's.
class task_registry final : public converge::detail::parking_service {
public:
    explicit task_registry(boost::asio::execution_context& context)
        : converge::detail::parking_service{context}
    {
    }

    [[nodiscard]] executor child_of(executor const& parent) override
    {
        auto const* known = parent.target<world_executor>();
        if (known == nullptr)
            return parent;
        auto from = known->from();
        from.task = ++last_task_;
        return world_executor{static_cast<turn_queue&>(context()), from};
    }

    [[nodiscard]] std::uint64_t next_task() noexcept { return ++last_task_; }

private:
    std::uint64_t last_task_ = 0;
};

} // namespace converge::testing::detail
