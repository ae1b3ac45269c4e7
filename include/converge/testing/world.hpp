// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/time.hpp>
#include <converge/testing/detail/world_executor.hpp>
#include <converge/testing/detail/world_services.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace converge::testing {

/// Names a process of a world.
class process {
public:
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    friend bool operator==(process, process) = default;

private:
    friend class world;
    explicit process(std::uint32_t number) noexcept : number_{number} {}

    std::uint32_t number_;
};

/// Why a world stopped stepping.
enum class stop_reason {
    /// The goal holds.
    done,
    /// Nothing can happen any more: no turn waits, no alarm is set.
    quiet,
    /// The virtual time allowed is over.
    time_over,
    /// The steps allowed are over: something spins.
    steps_over,
};

/// A deterministic execution context: virtual time, seeded order, processes that can be killed.
///
/// Each step takes one of the turns that are ready, chosen by the seed; when none is ready, time
/// jumps to the next alarm. Coroutines run here unchanged, because clock, chance and executor
/// are services of the context. Everything they share with the outside (a store, a model of the
/// external world) must not use threads or clocks of its own.
///
/// @par Threads   None; different worlds may run on different threads.
/// @par Lifetime  What the processes refer to must outlive the world, or be declared before it.
class world final : public detail::turn_queue {
public:
    explicit world(std::uint64_t seed)
        : time_{install<time_service, detail::virtual_time>()},
          random_{install<random_service, detail::keyed_random>(seed)},
          tasks_{install<converge::detail::parking_service, detail::task_registry>()}, order_{seed}
    {
    }
    world(world const&) = delete;
    world& operator=(world const&) = delete;

    ~world()
    {
        for (auto& each : processes_)
            each.alive = false;
        for (std::uint32_t number = 0; number < processes_.size(); ++number)
            end(number);
    }

    /// Makes a process and starts it. `entry` is called now and at every restart, and gives the
    /// process's main task; an exception that leaves that task ends the process and is kept.
    process start(std::string name, std::function<task<>()> entry)
    {
        processes_.push_back({std::move(name), std::move(entry)});
        process const made{static_cast<std::uint32_t>(processes_.size() - 1)};
        restart(made);
        return made;
    }

    /// Destroys every task of the process where it stands: locals are unwound, nothing after the
    /// await runs. Requests it has sent to a `simulated_network` live on.
    void kill(process which)
    {
        auto& victim = processes_[which.number()];
        victim.alive = false;
        ++victim.incarnation;
        end(which.number());
    }

    /// Starts a process that was killed or has ended, from its entry, with fresh memory.
    /// @pre `!alive(which)`.
    void restart(process which)
    {
        auto& reborn = processes_[which.number()];
        ++reborn.incarnation;
        reborn.alive = true;
        reborn.failure = nullptr;
        spawn(which, reborn.entry());
    }

    /// Runs one more task in a process.
    void spawn(process which, task<> body)
    {
        boost::asio::co_spawn(executor_of(which), std::move(body), ended{this, which.number(),
                              processes_[which.number()].incarnation});
    }

    /// Kills the process before its `step`-th step from now, and restarts it after `downtime`.
    void crash(process which, std::uint64_t step, duration downtime)
    {
        crashes_.push_back({which, processes_[which.number()].steps + step, downtime});
    }

    /// Calls `act` at or after `due`, between steps: a person at the console, say.
    void at(instant due, std::function<void()> act)
    {
        auto const entry = std::make_shared<scripted>(std::move(act));
        script_.push_back(entry);
        entry->token = time_.set_alarm(executor_of_driver(), due, entry);
    }

    /// Steps until `done` holds (checked after every step), nothing is left to happen, `limit` of
    /// virtual time has passed, or `steps_max` steps were made.
    stop_reason run_until(std::function<bool()> const& done, duration limit,
                          std::uint64_t steps_max = 10'000'000)
    {
        auto const over = now() + limit;
        for (std::uint64_t made = 0; !done(); ++made) {
            if (made == steps_max)
                return stop_reason::steps_over;
            if (!ready_.empty()) {
                step();
                continue;
            }
            auto const due = time_.next_due();
            if (!due)
                return stop_reason::quiet;
            if (*due > over) {
                time_.advance_to(over);
                return stop_reason::time_over;
            }
            time_.ring_next();
        }
        return stop_reason::done;
    }

    /// Lets `span` of virtual time pass.
    stop_reason run_for(duration span)
    {
        return run_until([] { return false; }, span);
    }

    [[nodiscard]] instant now() const { return time_.now(); }
    [[nodiscard]] timestamp wall_now() const { return time_.wall_now(); }
    [[nodiscard]] std::uint64_t draw(std::string_view site) { return random_.draw(site); }
    [[nodiscard]] bool alive(process which) const { return processes_[which.number()].alive; }
    [[nodiscard]] std::string const& name(process which) const
    {
        return processes_[which.number()].name;
    }
    /// What ended the process's main task, if it threw.
    [[nodiscard]] std::exception_ptr failure(process which) const
    {
        return processes_[which.number()].failure;
    }
    /// How many steps the process has made, over all its lives.
    [[nodiscard]] std::uint64_t steps(process which) const
    {
        return processes_[which.number()].steps;
    }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    /// Stands for the whole run so far: which task of which process ran when. Two runs that differ
    /// anywhere differ here.
    [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }

    [[nodiscard]] executor executor_of(process which)
    {
        detail::origin const from{tasks_.next_task(), which.number(),
                                  processes_[which.number()].incarnation};
        return detail::world_executor{*this, from};
    }

private:
    struct process_state {
        std::string name;
        std::function<task<>()> entry;
        bool alive = false;
        std::uint32_t incarnation = 0;
        std::uint64_t steps = 0;
        std::exception_ptr failure{};
    };

    struct waiting_turn {
        detail::origin from;
        std::unique_ptr<detail::turn> next;
    };

    struct planned_crash {
        process victim;
        std::uint64_t before_step;
        duration downtime;
    };

    struct scripted final : alarm {
        explicit scripted(std::function<void()> what) : act{std::move(what)} {}
        void ring() override { act(); }

        std::function<void()> act;
        std::shared_ptr<void> token;
    };

    /// Notes the end of a process's main task.
    struct ended {
        world* in;
        std::uint32_t number;
        std::uint32_t incarnation;

        void operator()(std::exception_ptr failure) const
        {
            auto& of = in->processes_[number];
            if (of.incarnation == incarnation && failure)
                of.failure = failure;
        }
    };

    /// Registers a service under the key of its base, where everyone looks for it. make_service
    /// would use the derived type as the key, and the real service would be made beside it.
    template <class Base, class Service, class... Args>
    Service& install(Args... args)
    {
        auto made = std::make_unique<Service>(*this, args...);
        auto& installed = *made;
        boost::asio::add_service<Base>(*this, made.release());
        return installed;
    }

    void enqueue(detail::origin from, std::unique_ptr<detail::turn> next) override
    {
        // A dead process's turns are dropped: that unwinds what they hold.
        if (lives(from))
            ready_.push_back({from, std::move(next)});
    }

    [[nodiscard]] bool lives(detail::origin from) const
    {
        auto const& of = processes_[from.process];
        return of.alive && of.incarnation == from.incarnation;
    }

    [[nodiscard]] executor executor_of_driver()
    {
        return detail::world_executor{*this, detail::origin{}};
    }

    void step()
    {
        auto const chosen = static_cast<std::size_t>(order_.uniform(ready_.size()));
        auto taken = std::move(ready_[chosen]);
        ready_[chosen] = std::move(ready_.back());
        ready_.pop_back();
        auto& of = processes_[taken.from.process];
        if (dies_now(process{taken.from.process}, of.steps + 1, std::move(taken)))
            return;
        ++of.steps;
        ++steps_;
        fold(taken.from.task);
        fold(taken.from.process);
        fold(static_cast<std::uint64_t>(now().time_since_epoch().count()));
        taken.next->take();
    }

    /// Carries a planned crash out; `taken` is left alone if there is none.
    bool dies_now(process which, std::uint64_t next_step, waiting_turn&& taken)
    {
        auto const due = std::find_if(crashes_.begin(), crashes_.end(), [&](auto const& plan) {
            return plan.victim == which && plan.before_step <= next_step;
        });
        if (due == crashes_.end())
            return false;
        auto const plan = *due;
        crashes_.erase(due);
        ready_.push_back(std::move(taken));
        kill(which);
        at(now() + plan.downtime, [this, which] {
            if (!alive(which))
                restart(which);
        });
        return true;
    }

    /// Destroys what is left of a dead process, the youngest tasks first: children before the
    /// parents whose locals they use.
    void end(std::uint32_t number)
    {
        // By task, the last first; those of one task in the order in which they stand.
        std::multimap<std::uint64_t, std::shared_ptr<converge::detail::parked>, std::greater<>>
            parked;
        for (auto& waiter : tasks_.waiting()) {
            auto const* where = waiter->where().target<detail::world_executor>();
            if (where != nullptr && where->from().process == number)
                parked.emplace(where->from().task, std::move(waiter));
        }
        std::multimap<std::uint64_t, std::unique_ptr<detail::turn>, std::greater<>> turns;
        std::erase_if(ready_, [&](waiting_turn& each) {
            if (each.from.process != number)
                return false;
            turns.emplace(each.from.task, std::move(each.next));
            return true;
        });
        auto turn = turns.begin();
        for (auto& [task_number, waiter] : parked) {
            for (; turn != turns.end() && turn->first > task_number; ++turn)
                turn->second.reset();
            waiter->abandon();
        }
        for (; turn != turns.end(); ++turn)
            turn->second.reset();
    }

    void fold(std::uint64_t value)
    {
        fingerprint_ = (fingerprint_ ^ value) * 0x9e3779b97f4a7c15u;
        fingerprint_ ^= fingerprint_ >> 29;
    }

    detail::virtual_time& time_;
    detail::keyed_random& random_;
    detail::task_registry& tasks_;
    random_bits order_;
    std::deque<process_state> processes_;
    std::vector<waiting_turn> ready_;
    std::vector<planned_crash> crashes_;
    std::vector<std::shared_ptr<scripted>> script_;
    std::uint64_t steps_ = 0;
    std::uint64_t fingerprint_ = 0;
};

} // namespace converge::testing
