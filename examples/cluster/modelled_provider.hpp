// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/machine_provider.hpp"
#include "cluster/modelled_runtime.hpp"

#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace cluster {

/// A provider whose machines are entries of a table. A machine takes its type's boot delay, then
/// is switched on: `power_on` is called for it, once, and starts its agent. One that is removed is
/// switched off.
class modelled_provider final : public machine_provider {
public:
    /// A machine that was switched on: what its agent gets.
    struct powered_machine {
        std::string name;
        converge::object_ptr<machine_type> type;
        std::shared_ptr<container_runtime> runtime;
        /// Notified when the machine is switched off.
        std::shared_ptr<converge::wake> off;
    };

    /// Runs what runs on a machine, until it is switched off.
    [[nodiscard]] static converge::task<> run_on(std::shared_ptr<converge::wake> off,
                                                 converge::task<> agent)
    {
        co_await converge::until(off->wait(), std::move(agent));
        // It stays off, whoever starts it again.
        off->notify_one();
    }

    explicit modelled_provider(converge::duration instance_start_delay)
        : instance_start_delay_{instance_start_delay}
    {
    }

    [[nodiscard]] converge::task<provided_machine>
    create(std::string token, converge::object_ptr<machine_type> type) override
    {
        auto const present = co_await converge::now();
        auto const boots = std::chrono::milliseconds{type->spec.boot_delay_milliseconds};
        auto const [entry, fresh] = machines_.try_emplace(token);
        if (fresh) {
            entry->second.type = std::move(type);
            entry->second.running_at = present + boots;
            changed_.notify_one();
        }
        co_return describe(token, entry->second, present);
    }

    [[nodiscard]] converge::task<std::optional<provided_machine>> find(std::string token) override
    {
        auto const present = co_await converge::now();
        auto const entry = machines_.find(token);
        if (entry == machines_.end())
            co_return std::nullopt;
        co_return describe(token, entry->second, present);
    }

    [[nodiscard]] converge::task<> remove(std::string token) override
    {
        if (auto const entry = machines_.find(token); entry != machines_.end()) {
            entry->second.off->notify_all();
            machines_.erase(entry);
        }
        co_return;
    }

    /// Switches machines on when they have booted, until cancelled.
    [[nodiscard]] converge::task<> operate(std::function<void(powered_machine)> power_on)
    {
        for (;;) {
            auto const present = co_await converge::now();
            std::optional<converge::instant> next;
            for (auto& [name, each] : machines_) {
                if (each.on)
                    continue;
                if (each.running_at <= present) {
                    each.on = true;
                    powered_machine booted{
                        name, each.type, std::make_shared<modelled_runtime>(instance_start_delay_),
                        each.off};
                    power_on(std::move(booted));
                } else {
                    next = std::min(next.value_or(each.running_at), each.running_at);
                }
            }
            if (next)
                co_await changed_.wait_until(*next);
            else
                co_await changed_.wait();
        }
    }

    /// How many machines there are.
    [[nodiscard]] std::size_t size() const noexcept { return machines_.size(); }

private:
    struct entry_of_machine {
        converge::object_ptr<machine_type> type;
        converge::instant running_at{};
        bool on = false;
        std::shared_ptr<converge::wake> off = std::make_shared<converge::wake>();
    };

    static provided_machine describe(std::string const& token, entry_of_machine const& entry,
                                     converge::instant present)
    {
        provided_machine seen;
        seen.provider_id = "model://" + token;
        seen.running_at = entry.running_at;
        seen.running = entry.running_at <= present;
        return seen;
    }

    converge::duration instance_start_delay_;
    std::map<std::string, entry_of_machine> machines_;
    converge::wake changed_;
};

} // namespace cluster
